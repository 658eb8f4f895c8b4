import { defineConfig } from "vitest/config";

const quick = { pool: "threads" as const };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...quick,
          name: "core",
          include: ["agent/**/*.test.ts", "bot/**/*.test.ts"],
          exclude: [
            "bot/slack/bolt/**",
            "bot/sim/slack/**",
            "bot/git/**",
            "bot/kube/**",
            "agent/reboot/**",
            "**/node_modules/**",
          ],
        },
      },
      { test: { ...quick, name: "design", include: ["test/design/**/*.test.ts"] } },
      { test: { name: "simulation", include: ["test/simulation/**/*.test.ts"], testTimeout: 600_000 } },
      {
        test: {
          name: "servers",
          include: [
            "bot/slack/bolt/**/*.test.ts",
            "bot/sim/slack/**/*.test.ts",
            "bot/git/**/*.test.ts",
            "bot/kube/**/*.test.ts",
            "agent/reboot/**/*.test.ts",
          ],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "cluster",
          include: ["test/control-plane/**/*.test.ts", "test/contract/**/*.test.ts", "test/cluster/**/*.test.ts"],
          testTimeout: 900_000,
          hookTimeout: 1_200_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
