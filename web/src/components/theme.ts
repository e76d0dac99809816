// Light, dark, or as the system has it. The choice is kept; `assets/theme.js` applies it before the first paint.
import { useSyncExternalStore } from "react";

export type Theme = "light" | "dark" | "system";
const KEY = "aos.theme";
const dark = typeof matchMedia === "undefined" ? null : matchMedia("(prefers-color-scheme: dark)");
const watchers = new Set<() => void>();

function chosen(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

function apply(): void {
  const theme = chosen();
  document.documentElement.dataset.theme = theme === "dark" || (theme === "system" && dark?.matches) ? "dark" : "light";
  for (const tell of watchers) tell();
}

dark?.addEventListener("change", apply);

export function setTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  apply();
}

export function useTheme(): Theme {
  return useSyncExternalStore((tell) => {
    watchers.add(tell);
    return () => watchers.delete(tell);
  }, chosen);
}
