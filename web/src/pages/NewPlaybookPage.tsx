// A playbook being written for the first time.
import { useQuery } from "@tanstack/react-query";
import { may, me } from "@/client/system";
import { useGo } from "@/components/address";
import { Page } from "@/components/Page";
import { PlaybookEditor } from "@/components/task/PlaybookEditor";
import { Async } from "@/ui/Async";
import { LinkButton } from "@/ui/Button";
import { NotYet } from "@/ui/States";

export default function NewPlaybookPage() {
  const query = useQuery(me());
  const go = useGo();
  return (
    <Page
      title="New playbook"
      lead="A named sequence of tasks with conditions."
      actions={
        <LinkButton to="/tasks" search={{ tab: "playbooks" }} tone="quiet">
          All playbooks
        </LinkButton>
      }
    >
      <Async query={query}>
        {({ role }) =>
          may(role, "operator") ? (
            <PlaybookEditor of={null} onKept={(kept) => go(`/playbooks/${kept.id}`)} />
          ) : (
            <NotYet title="Writing playbooks needs the role operator">Yours is {role}.</NotYet>
          )
        }
      </Async>
    </Page>
  );
}
