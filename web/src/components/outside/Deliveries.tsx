// Messages to the outside: which were taken, which wait, which were given up; each with its sendings, and sent anew by hand.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { RotateCw, Send } from "lucide-react";
import { type DeliveryAsk, deliveries, replayDelivery } from "@/client/outside";
import { may, me } from "@/client/system";
import type { Delivery, Sending } from "@/client/types";
import { Async } from "@/ui/Async";
import { Badge, Chip } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { CopyButton } from "@/ui/Copy";
import { Dialog } from "@/ui/Dialog";
import { Facts, Raw } from "@/ui/Facts";
import { count, many } from "@/ui/format";
import { Empty } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { Ago } from "@/ui/Time";
import { act } from "@/ui/toasts";
import { useAddress } from "../address";

/** Taken is well, given up is not, waiting is on its way. */
export const HUES = { delivered: "green", waiting: "blue", failed: "red" } as const;
export const hueOf = (state: string) => HUES[state as keyof typeof HUES] ?? "grey";

const lastOf = (one: Delivery): Sending | undefined => one.log.at(-1);
const answerOf = (sending: Sending | undefined): string =>
  sending ? (sending.error ?? `${sending.status ?? ""} ${sending.answer ?? ""}`.trim()) : "";

const COLUMNS: Column<Delivery>[] = [
  {
    id: "subject",
    title: "About",
    width: "minmax(14rem,2fr)",
    card: "title",
    by: (one) => one.subject,
    cell: (one) => (
      <code className="wrap-anywhere" title={one.subject}>
        {one.subject}
      </code>
    ),
  },
  { id: "channel", title: "By", width: "7rem", by: (one) => one.channel, cell: (one) => <Chip>{one.channel}</Chip> },
  {
    id: "state",
    title: "State",
    width: "8rem",
    card: "mark",
    by: (one) => one.state,
    cell: (one) => <Badge word={one.state} hue={hueOf(one.state)} />,
  },
  {
    id: "sent",
    title: "Sent",
    width: "6rem",
    align: "right",
    by: (one) => one.attempts,
    cell: (one) => `${one.attempts}×`,
  },
  {
    id: "answer",
    title: "Last answer",
    width: "minmax(12rem,2fr)",
    cell: (one) => (
      <span className="text-ink-2" title={answerOf(lastOf(one))}>
        {answerOf(lastOf(one)) || "–"}
      </span>
    ),
  },
  {
    id: "at",
    title: "Came up",
    width: "8rem",
    align: "right",
    by: (one) => one.created_at,
    cell: (one) => <Ago at={one.created_at} />,
  },
];

/** The list, and the chosen one in a drawer; `delivery` in the address is the chosen. */
export function Deliveries({ ask, empty }: { ask: DeliveryAsk; empty: string }) {
  const [address, change] = useAddress();
  const query = useInfiniteQuery(deliveries(ask));
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const open = rows.find((one) => one.id === address.delivery) ?? null;
  return (
    <>
      <Async query={query} className="px-0">
        {() => (
          <>
            <Table
              label="Messages to the outside"
              rows={rows}
              columns={COLUMNS}
              rowKey={(one) => one.id}
              onOpen={(one) => change({ delivery: one.id })}
              selected={address.delivery ?? null}
              empty={
                <Empty icon={<Send className="size-6" />} title={ask.state ? `None is ${ask.state}` : "None yet"}>
                  {empty}
                </Empty>
              }
            />
            {query.hasNextPage && (
              <div className="grid justify-items-center py-3">
                <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  {count(rows.length)} are here; read on
                </Button>
              </div>
            )}
          </>
        )}
      </Async>
      <Dialog
        kind="drawer"
        open={open !== null}
        onClose={() => change({ delivery: undefined })}
        title="A message to the outside"
        description={open?.subject}
      >
        {open && <One of={open} />}
      </Dialog>
    </>
  );
}

function One({ of }: { of: Delivery }) {
  const role = useQuery(me()).data?.role;
  const task = /^task\/(.+)$/.exec(of.subject)?.[1];
  return (
    <div className="grid gap-6">
      <Facts
        items={[
          ["State", <Badge key="state" word={of.state} hue={hueOf(of.state)} />],
          ["Sent", many(of.attempts, "time")],
          ["Next", <Ago key="next" at={of.next_at} empty="not again by itself" />],
          ["Came up", <Ago key="came" at={of.created_at} />],
          ["Ended", <Ago key="ended" at={of.finished_at} empty="not yet" />],
          [
            "webhook-id",
            <span key="id" className="inline-flex items-center gap-1">
              <code>{of.webhook_id}</code>
              <CopyButton text={of.webhook_id} label="Copy the id" />
            </span>,
          ],
        ]}
      />
      <section>
        <h3 className="mb-2 text-sm text-ink-3">Sendings, the newest first</h3>
        {of.log.length === 0 ? (
          <p className="text-ink-2">It was not sent yet.</p>
        ) : (
          <ol className="grid gap-2">
            {[...of.log].reverse().map((sending) => (
              <li key={sending.at} className="rounded-xl border border-line px-4 py-2.5">
                <p className="flex flex-wrap items-baseline justify-between gap-x-4">
                  <b className={sending.error ? "text-red" : undefined}>
                    {sending.error ? "No answer" : `Answered ${sending.status ?? ""}`}
                  </b>
                  <span className="num text-sm text-ink-2">
                    <Ago at={sending.at} /> · {sending.ms} ms
                  </span>
                </p>
                {(sending.error ?? sending.answer) && (
                  <p className="text-sm text-ink-2 wrap-anywhere">{sending.error ?? sending.answer}</p>
                )}
              </li>
            ))}
          </ol>
        )}
      </section>
      <div className="flex flex-wrap gap-2">
        {may(role, "operator") && (
          <Button
            icon={<RotateCw className="size-4" aria-hidden />}
            onClick={() => void act(replayDelivery(of.id), "It is being sent anew, under the same id")}
          >
            Send it anew
          </Button>
        )}
        {task && <LinkButton to={`/tasks/${task}`}>Its task</LinkButton>}
      </div>
      <Raw value={of.body} label="What is sent" />
    </div>
  );
}
