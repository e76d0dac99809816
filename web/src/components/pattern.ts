// Patterns of file sources.

/** Whether a path fits the pattern of a file source: stars stand for anything within a folder. */
export function covers(pattern: string, path: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("**", "\u0000")
    .replaceAll("*", "[^/]*")
    .replaceAll("\u0000", ".*")
    .replaceAll("?", "[^/]");
  return new RegExp(`^${source}$`).test(path);
}
