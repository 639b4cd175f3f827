import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // For the worker threads that the code under test starts from src/.
    execArgv: ["--import", new URL("test/support/typescript-loader.mjs", import.meta.url).href],
    setupFiles: ["test/setup.ts"],
    coverage: { provider: "v8", include: ["src/**"], reporter: ["text-summary", "html"] },
  },
});
