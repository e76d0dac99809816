// Sets the theme before the first paint. A file of its own, because the page allows no inline script.
(() => {
  let chosen = "system";
  try {
    chosen = localStorage.getItem("aos.theme") ?? "system";
  } catch {
    // Storage may be refused; the system's choice stands.
  }
  const dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
