// An address that is no page.
import { Compass } from "lucide-react";
import { LinkButton } from "@/ui/Button";
import { Empty } from "@/ui/States";

export function Missing() {
  return (
    <Empty
      icon={<Compass className="size-6" />}
      title="There is no page at this address"
      action={
        <LinkButton to="/" tone="primary">
          To the dashboard
        </LinkButton>
      }
    >
      It may have been spelled wrong, or belong to something that was removed. Press Ctrl K to search for it.
    </Empty>
  );
}
