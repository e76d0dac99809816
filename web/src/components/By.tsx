// Who did something, as the records have it: a person by id (oneself by name), a key, or a part of the system.
import { useQuery } from "@tanstack/react-query";
import { me } from "@/client/system";

export function By({ of }: { of: string }) {
  const self = useQuery(me()).data?.id;
  return (
    <span className="wrap-anywhere" title={of}>
      {self && of === `user:${self}` ? "you" : of.replace(/^(user|system):/, "")}
    </span>
  );
}
