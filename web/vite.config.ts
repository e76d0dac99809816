// How the console is built: one folder of hashed files with relative addresses, so that it works under any path prefix.

import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env.AUTONOMOS_URL ?? "http://127.0.0.1:8090";

export default defineConfig({
  base: "./",
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: {
    port: 5173,
    proxy: Object.fromEntries(
      ["/api", "/openapi.json", "/readyz", "/healthz", "/metrics", "/docs"].map((path) => [path, server]),
    ),
  },
  build: {
    target: "es2022",
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
});
