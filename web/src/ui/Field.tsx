// Form fields: a label, the control, and what is wrong with it. Selects are the browser's own, which phones do best.
import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from "react";
import { cx } from "./cx";

const BOX =
  "w-full min-h-10 rounded-xl border border-line-strong bg-surface px-3 py-1.5 text-ink touch transition-colors hover:border-ink-3 " +
  "aria-invalid:border-red disabled:opacity-60 disabled:bg-sunken";

type Frame = { label: ReactNode; hint?: ReactNode; fault?: string | null; hideLabel?: boolean; className?: string };

function Frame({
  id,
  label,
  hint,
  fault,
  hideLabel,
  className,
  children,
}: Frame & { id: string; children: ReactNode }) {
  return (
    <div className={cx("grid content-start gap-1.5 min-w-0", className)}>
      <label htmlFor={id} className={hideLabel ? "sr-only" : "text-sm font-bold text-ink-2"}>
        {label}
      </label>
      {children}
      {fault ? (
        <p id={`${id}-fault`} className="text-sm font-semibold text-red">
          {fault}
        </p>
      ) : (
        hint && (
          <p id={`${id}-hint`} className="text-sm text-ink-3">
            {hint}
          </p>
        )
      )}
    </div>
  );
}

const described = (id: string, { fault, hint }: Frame) => (fault ? `${id}-fault` : hint ? `${id}-hint` : undefined);

export function Input({
  label,
  hint,
  fault,
  hideLabel,
  className,
  ...rest
}: Frame & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  const frame = { label, hint, fault, hideLabel, className };
  return (
    <Frame id={id} {...frame}>
      <input
        id={id}
        className={BOX}
        aria-invalid={fault ? true : undefined}
        aria-describedby={described(id, frame)}
        {...rest}
      />
    </Frame>
  );
}

export function Textarea({
  label,
  hint,
  fault,
  hideLabel,
  className,
  ...rest
}: Frame & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const id = useId();
  const frame = { label, hint, fault, hideLabel, className };
  return (
    <Frame id={id} {...frame}>
      <textarea
        id={id}
        className={cx(BOX, "font-mono text-sm")}
        rows={5}
        aria-invalid={fault ? true : undefined}
        aria-describedby={described(id, frame)}
        {...rest}
      />
    </Frame>
  );
}

type Option = string | { value: string; label: string };

export function Select({
  label,
  hint,
  fault,
  hideLabel,
  className,
  options,
  ...rest
}: Frame & { options: Option[] } & SelectHTMLAttributes<HTMLSelectElement>) {
  const id = useId();
  const frame = { label, hint, fault, hideLabel, className };
  return (
    <Frame id={id} {...frame}>
      <select id={id} className={cx(BOX, "pr-8")} aria-describedby={described(id, frame)} {...rest}>
        {options.map((option) => {
          const { value, label: text } = typeof option === "string" ? { value: option, label: option } : option;
          return (
            <option key={value} value={value}>
              {text}
            </option>
          );
        })}
      </select>
    </Frame>
  );
}

/** A few choices side by side, one of which holds. */
export function Segmented({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: string;
  options: { value: string; label: ReactNode }[];
  onChange: (value: string) => void;
}) {
  return (
    <fieldset className="inline-flex flex-wrap rounded-xl border border-line bg-sunken p-1">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
          className={cx(
            "min-h-8 rounded-[0.6rem] px-3 text-sm font-semibold touch",
            option.value === value ? "bg-raised text-ink shadow-card" : "text-ink-2 hover:text-ink",
          )}
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  );
}

/** Any number of a list. */
export function Checks({
  label,
  options,
  chosen,
  onChange,
  fault,
  className,
}: {
  label: ReactNode;
  options: string[];
  chosen: string[];
  onChange: (chosen: string[]) => void;
  fault?: string | null;
  className?: string;
}) {
  return (
    <fieldset className={cx("grid gap-1.5 min-w-0", className)}>
      <legend className="mb-1.5 text-sm font-bold text-ink-2">{label}</legend>
      <div className="grid max-h-64 gap-px overflow-y-auto rounded-xl border border-line-strong bg-line">
        {options.length === 0 && <p className="bg-surface px-3 py-2 text-ink-2">There is none yet.</p>}
        {options.map((one) => (
          <label key={one} className="flex min-h-10 items-center gap-3 bg-surface px-3 py-1.5 touch">
            <input
              type="checkbox"
              className="size-5 shrink-0 accent-solid-green"
              checked={chosen.includes(one)}
              onChange={(event) =>
                onChange(event.target.checked ? [...chosen, one] : chosen.filter((other) => other !== one))
              }
            />
            <bdi className="min-w-0 wrap-anywhere">{one}</bdi>
          </label>
        ))}
      </div>
      {fault && <p className="text-sm font-semibold text-red">{fault}</p>}
    </fieldset>
  );
}
