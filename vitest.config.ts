import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // For the worker threads that the code under test starts from src/.
    execArgv: ["--import", new URL("test/support/typescript-loader.mjs", import.meta.url).href],
    setupFiles: ["test/setup.ts"],
    // What hangs is found all the same; what is only slow, on a machine that does other things as well, is no failure.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // By default one core is left idle, which on two cores is half of them.
    maxWorkers: "100%",
    coverage: { provider: "v8", include: ["src/**"], reporter: ["text-summary", "html"] },
  },
});
