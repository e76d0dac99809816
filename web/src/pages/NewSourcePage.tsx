// Adding a source by hand: a file, or a database.
import { useQuery } from "@tanstack/react-query";
import { may, me } from "@/client/system";
import { useAddress } from "@/components/address";
import { Page } from "@/components/Page";
import { DatabaseSource } from "@/components/source/DatabaseSource";
import { FileSource } from "@/components/source/FileSource";
import { Segmented } from "@/ui/Field";
import { NotYet } from "@/ui/States";

export default function NewSourcePage() {
  const [address, change] = useAddress();
  const role = useQuery(me()).data?.role;
  const kind = address.kind === "postgres" ? "postgres" : "file";
  return (
    <Page
      title="Add a source"
      lead="Read once, then kept alive: its schema is watched, its mapping repaired, its rows unified."
      actions={
        <Segmented
          label="Kind of source"
          value={kind}
          onChange={(next) => change({ kind: next === "file" ? undefined : next })}
          options={[
            { value: "file", label: "A file" },
            { value: "postgres", label: "PostgreSQL" },
          ]}
        />
      }
    >
      {role && !may(role, "operator") ? (
        <NotYet title="This needs the role operator">Your role is {role}. Ask an admin of your tenant.</NotYet>
      ) : kind === "file" ? (
        <FileSource />
      ) : (
        <DatabaseSource />
      )}
    </Page>
  );
}
