// How smooth the console is: the same server and browser as the end-to-end tests, and nothing beside it.
import { mergeConfig } from "vitest/config";
import e2e from "./vitest.e2e.config";

const config = mergeConfig(e2e, {});
config.test = { ...config.test, include: ["e2e/frames.ts"], maxWorkers: 1 };
export default config;
