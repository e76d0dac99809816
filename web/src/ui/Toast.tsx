// Short messages for results the eye cannot see, and for what can still be undone.

import { CircleAlert, CircleCheck, X } from "lucide-react";
import { Toast as Radix } from "radix-ui";
import { IconButton } from "./Button";
import { drop, useMessages } from "./toasts";

export default function Toaster() {
  const list = useMessages();
  return (
    <Radix.Provider swipeDirection="right">
      {list.map((message) => (
        <Radix.Root
          key={message.id}
          duration={message.ms}
          onOpenChange={(open) => !open && drop(message.id)}
          className="flex items-start gap-3 rounded-2xl border border-line bg-raised px-4 py-3 shadow-high risen"
        >
          {message.tone === "good" ? (
            <CircleCheck className="mt-0.5 size-5 shrink-0 text-green" aria-hidden />
          ) : (
            <CircleAlert className="mt-0.5 size-5 shrink-0 text-red" aria-hidden />
          )}
          <div className="min-w-0 grow">
            <Radix.Title className="font-bold wrap-anywhere">{message.text}</Radix.Title>
            {message.detail && (
              <Radix.Description className="text-sm text-ink-2 wrap-anywhere">{message.detail}</Radix.Description>
            )}
          </div>
          {message.action && (
            <Radix.Action
              altText={message.action.label}
              onClick={message.action.run}
              className="rounded-lg px-2.5 py-1 font-bold text-blue touch hover:bg-blue-soft"
            >
              {message.action.label}
            </Radix.Action>
          )}
          <Radix.Close asChild>
            <IconButton label="Dismiss">
              <X className="size-4" aria-hidden />
            </IconButton>
          </Radix.Close>
        </Radix.Root>
      ))}
      <Radix.Viewport className="fixed right-3 bottom-20 z-60 grid w-[min(26rem,calc(100vw-1.5rem))] gap-2 sm:right-5 sm:bottom-5 outline-none" />
    </Radix.Provider>
  );
}
