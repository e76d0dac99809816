// A key as it is printed on the keyboard.
export function Kbd({ children }: { children: string }) {
  return (
    <kbd className="inline-grid min-w-5 place-items-center rounded-md border border-line-strong border-b-2 bg-sunken px-1 text-xs font-semibold text-ink-2 max-sm:hidden">
      {children}
    </kbd>
  );
}
