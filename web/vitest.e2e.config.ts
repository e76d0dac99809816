// End-to-end tests: the real binary with its demo tenant, and a real browser.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  test: {
    include: ["e2e/**/*.test.ts"],
    globalSetup: "e2e/server.ts",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two files at once: one browser each, and two cores are what a small machine has.
    maxWorkers: 2,
    reporters: ["default"],
  },
});
