// A text of lines being written, with their numbers, and one line that is wrong. It grows with the text, so that numbers and
// lines stand side by side without being scrolled together; the tab key goes on, as in any field.
import { type KeyboardEvent, useEffect, useId, useRef } from "react";
import { cx } from "./cx";

type Props = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  wrong?: { line: number; text: string } | null;
  readOnly?: boolean;
  rows?: number;
  onKeyDown?: (event: KeyboardEvent<HTMLTextAreaElement>) => void;
};

/** What a line takes, in both columns. */
const LINE = "text-[0.87rem] leading-6 font-mono";

export function Code({ label, value, onChange, wrong, readOnly = false, rows = 14, onKeyDown }: Props) {
  const id = useId();
  const box = useRef<HTMLTextAreaElement>(null);
  const lines = value.split("\n").length;
  const shown = Math.max(rows, lines);
  useEffect(() => {
    if (!wrong || !box.current) return;
    const before = box.current.value
      .split("\n")
      .slice(0, wrong.line - 1)
      .join("\n").length;
    const start = wrong.line > 1 ? before + 1 : 0;
    const end = box.current.value.indexOf("\n", start);
    box.current.focus();
    box.current.setSelectionRange(start, end < 0 ? box.current.value.length : end);
  }, [wrong]);
  return (
    <div className="grid min-w-0 gap-1.5">
      <label htmlFor={id} className="text-sm font-bold text-ink-2">
        {label}
      </label>
      <div
        className={cx(
          "grid grid-cols-[auto_1fr] overflow-hidden rounded-xl border bg-surface",
          wrong ? "border-red" : "border-line-strong",
        )}
      >
        <div
          aria-hidden
          className={cx("num border-r border-line bg-sunken py-2 text-right text-ink-3 select-none", LINE)}
        >
          {Array.from({ length: shown }, (_, at) => (
            <div
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name than their number
              key={at}
              className={cx("px-2.5", wrong?.line === at + 1 && "bg-red-soft font-bold text-red")}
            >
              {at + 1}
            </div>
          ))}
        </div>
        <textarea
          id={id}
          ref={box}
          value={value}
          rows={shown}
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          readOnly={readOnly}
          aria-invalid={wrong ? true : undefined}
          aria-describedby={wrong ? `${id}-wrong` : undefined}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={onKeyDown}
          className={cx("resize-none overflow-x-auto bg-transparent px-3 py-2 focus-visible:-outline-offset-2", LINE)}
        />
      </div>
      {wrong && (
        <p id={`${id}-wrong`} role="alert" className="text-sm font-semibold text-red wrap-anywhere">
          Line {wrong.line}: {wrong.text}
        </p>
      )}
    </div>
  );
}
