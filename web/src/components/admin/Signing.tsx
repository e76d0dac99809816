// What messages to the outside are signed with: shown to whoever asks, and put out of force by a new one.
import { useQuery } from "@tanstack/react-query";
import { Eye, EyeOff, RefreshCw } from "lucide-react";
import { useState } from "react";
import { rotateSecret, signingSecrets } from "@/client/outside";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { CopyButton } from "@/ui/Copy";
import { Dialog } from "@/ui/Dialog";
import { Select } from "@/ui/Field";
import { Ago } from "@/ui/Time";
import { act } from "@/ui/toasts";

/** A secret is shown when it is asked for, and forgotten when one looks away. */
export function Signing() {
  const [shown, setShown] = useState(false);
  const [turning, setTurning] = useState(false);
  return (
    <Card
      title="What messages are signed with"
      actions={
        <Button
          size="sm"
          aria-pressed={shown}
          icon={shown ? <EyeOff className="size-4" aria-hidden /> : <Eye className="size-4" aria-hidden />}
          onClick={() => setShown(!shown)}
        >
          {shown ? "Hide" : "Show"}
        </Button>
      }
    >
      <div className="grid gap-4">
        <p className="text-ink-2">
          Whoever gets a message checks its signature by this, as Standard Webhooks has it: <code>webhook-id</code>,{" "}
          <code>webhook-timestamp</code> and the body.
        </p>
        {shown && <Secrets />}
        <div>
          <Button icon={<RefreshCw className="size-4" aria-hidden />} onClick={() => setTurning(true)}>
            Put a new one in force
          </Button>
        </div>
      </div>
      <Turn
        open={turning}
        onClose={() => setTurning(false)}
        onDone={() => {
          setTurning(false);
          setShown(true);
        }}
      />
    </Card>
  );
}

function Secrets() {
  const query = useQuery(signingSecrets());
  return (
    <Async query={query}>
      {(page) => (
        <ul className="grid gap-2">
          {page.items.map((one) => (
            <li key={one.id} className="grid gap-1 rounded-xl border border-line px-4 py-2.5">
              <span className="flex items-center gap-2">
                <code className="min-w-0 grow truncate font-bold">{one.secret}</code>
                <CopyButton text={one.secret} label="Copy the secret" />
              </span>
              <span className="flex flex-wrap items-center gap-x-3 text-sm text-ink-2">
                <Badge
                  word={one.retires_at ? "retiring" : "active"}
                  hue={one.retires_at ? "amber" : "green"}
                  label={one.retires_at ? "signs as well" : "in force"}
                />
                <span>
                  made <Ago at={one.made_at} />
                </span>
                {one.retires_at && (
                  <span>
                    ends <Ago at={one.retires_at} />
                  </span>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Async>
  );
}

function Turn({ open, onClose, onDone }: { open: boolean; onClose: () => void; onDone: () => void }) {
  const [hours, setHours] = useState("24");
  const turn = async () => {
    if (await act(rotateSecret(Number(hours)), "A new secret is in force")) onDone();
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Put a new secret in force?"
      description="Those before it sign as well for a while, so that nobody has to change at once."
    >
      <div className="grid gap-4">
        <Select
          label="Both sign for"
          value={hours}
          onChange={(event) => setHours(event.target.value)}
          options={[
            { value: "0", label: "no time: the one before ends now" },
            { value: "1", label: "an hour" },
            { value: "24", label: "a day" },
            { value: "168", label: "a week" },
            { value: "720", label: "30 days" },
          ]}
        />
        <Button tone="primary" onClick={() => void turn()}>
          Put it in force
        </Button>
      </div>
    </Dialog>
  );
}
