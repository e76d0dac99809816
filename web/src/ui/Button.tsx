// Buttons, and links that look like them. One action a view is primary; the rest stay quiet.
import { Link, type LinkProps } from "@tanstack/react-router";
import { LoaderCircle } from "lucide-react";
import type { ButtonHTMLAttributes, ReactNode } from "react";
import { cx } from "./cx";

export type Tone = "primary" | "plain" | "quiet" | "danger";
type Size = "md" | "sm";

const TONES: Record<Tone, string> = {
  primary: "bg-solid-green text-on-solid border-transparent hover:brightness-108 font-bold",
  plain: "bg-surface text-ink border-line-strong hover:bg-sunken",
  quiet: "bg-transparent text-ink-2 border-transparent hover:bg-sunken hover:text-ink",
  danger: "bg-surface text-red border-line-strong hover:bg-red-soft hover:border-red",
};
const SIZES: Record<Size, string> = { md: "min-h-9 px-3.5 text-[0.95rem]", sm: "min-h-8 px-2.5 text-sm" };

export function look(tone: Tone, size: Size): string {
  return cx(
    "inline-flex items-center justify-center gap-2 rounded-xl border font-semibold whitespace-nowrap no-underline select-none touch",
    "transition-[background-color,filter,border-color] duration-120 disabled:opacity-50 disabled:cursor-default",
    TONES[tone],
    SIZES[size],
  );
}

type Props = ButtonHTMLAttributes<HTMLButtonElement> & { tone?: Tone; size?: Size; busy?: boolean; icon?: ReactNode };

export function Button({
  tone = "plain",
  size = "md",
  busy = false,
  icon,
  children,
  className,
  disabled,
  ...rest
}: Props) {
  return (
    <button
      type="button"
      className={cx(look(tone, size), className)}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {busy ? <LoaderCircle className="size-4 animate-spin" aria-hidden /> : icon}
      {children}
    </button>
  );
}

type IconProps = Omit<Props, "icon" | "children"> & { label: string; children: ReactNode };

/** Only an icon; its label is for those who do not see it, and for the tooltip. */
export function IconButton({ label, children, tone = "quiet", className, ...rest }: IconProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={cx(look(tone, "sm"), "w-9 min-h-9 !px-0 shrink-0 relative", className)}
      {...rest}
    >
      {children}
    </button>
  );
}

type LinkButtonProps = {
  to: string;
  params?: Record<string, string>;
  search?: Record<string, unknown>;
  tone?: Tone;
  size?: Size;
  children: ReactNode;
  className?: string;
};

export function LinkButton({ tone = "plain", size = "md", children, className, ...rest }: LinkButtonProps) {
  return (
    <Link className={cx(look(tone, size), className)} {...(rest as LinkProps)}>
      {children}
    </Link>
  );
}
