// Where the console is mounted: "/" at home, "/some/prefix/" behind a proxy. Known from where this very file came from.

export const BASE: string =
  import.meta.env.DEV || import.meta.env.MODE === "test"
    ? "/"
    : new URL(/* @vite-ignore */ "../", import.meta.url).pathname;

/** The address of an API path, with the prefix in front. */
export function at(path: string): string {
  return BASE.replace(/\/$/, "") + path;
}
