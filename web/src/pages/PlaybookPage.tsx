// One playbook: as it is written, and its runs; run, changed, deleted.
import { useQuery } from "@tanstack/react-query";
import { Play, Trash2 } from "lucide-react";
import { useState } from "react";
import { playbook, removePlaybook, runPlaybook } from "@/client/playbooks";
import { may, me } from "@/client/system";
import type { Playbook } from "@/client/types";
import { useGo, usePathPart } from "@/components/address";
import { Page } from "@/components/Page";
import { PlaybookEditor } from "@/components/task/PlaybookEditor";
import { Runs } from "@/components/task/Playbooks";
import { Async } from "@/ui/Async";
import { Chip } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { Ago } from "@/ui/Time";
import { act } from "@/ui/toasts";

export default function PlaybookPage() {
  const query = useQuery(playbook(usePathPart("id")));
  const role = useQuery(me()).data?.role;
  const one = query.data;
  return (
    <Page
      title={one?.name ?? "Playbook"}
      mark={one && <Chip>v{one.version}</Chip>}
      lead={
        one && (
          <>
            Edited <Ago at={one.updated_at} />. Runs under way go on as they began.
          </>
        )
      }
      actions={
        <>
          <LinkButton to="/tasks" search={{ tab: "playbooks" }} tone="quiet">
            All playbooks
          </LinkButton>
          {one && may(role, "operator") && <Actions of={one} />}
        </>
      }
    >
      <Async query={query}>
        {(of) => (
          <div className="grid gap-5">
            <PlaybookEditor key={of.id} of={of} locked={!may(role, "operator")} onKept={() => undefined} />
            <Runs playbook={of.name} />
          </div>
        )}
      </Async>
    </Page>
  );
}

function Actions({ of }: { of: Playbook }) {
  const go = useGo();
  const [sure, setSure] = useState(false);
  const run = async () => {
    const begun = await act(runPlaybook(of.id), `${of.name} has begun`);
    if (begun) go(`/playbook-runs/${begun.id}`);
  };
  const remove = () => {
    if (!sure) return setSure(true);
    void act(
      removePlaybook(of.id).then(() => go("/tasks", { tab: "playbooks" })),
      `${of.name} is gone`,
    );
  };
  return (
    <>
      <Button tone="danger" icon={<Trash2 className="size-4" aria-hidden />} onClick={remove}>
        {sure ? "Delete it, really" : "Delete"}
      </Button>
      <Button tone="primary" icon={<Play className="size-4" aria-hidden />} onClick={() => void run()}>
        Run
      </Button>
    </>
  );
}
