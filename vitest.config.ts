import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { cacheFolder } from "./test/cache-folder.ts";
import { HOW_TO_INSTALL, missingPrograms } from "./test/prometheus/installed.ts";

// Half of a start of a bot is the compiling of what it imports, and the tests start hundreds. Node knows by itself what is stale.
process.env["NODE_COMPILE_CACHE"] ??= join(cacheFolder(), "compiled");

/**
 * The files of one thread share what they import, since most of the time went into importing it again: no file may leave
 * anything changed. The time limit is for a busy machine: these tests take milliseconds, and property tests a second.
 */
const quick = {
  pool: "threads" as const,
  isolate: false,
  ...{ restoreMocks: true, unstubEnvs: true, unstubGlobals: true },
  maxWorkers: "100%",
  sequence: { groupOrder: 0 },
  testTimeout: 60_000,
};

/** Tests that need Prometheus and Alertmanager themselves; on CI their absence is a failure, elsewhere it is said. */
function withoutPrograms(): readonly string[] {
  const missing = missingPrograms();
  if (missing.length === 0 || process.env["CI"] === "true") return [];
  const tests = ["bot/gates/real-*.test.ts", "test/cluster/around/gates.test.ts"];
  process.stderr.write(
    `skipped: ${tests.join(" and ")} (no ${missing.join(" and no ")} on PATH). Install with ${HOW_TO_INSTALL}\n`,
  );
  return tests;
}

const left = withoutPrograms();

const cluster = {
  test: {
    name: "cluster",
    include: ["test/control-plane/**/*.test.ts", "test/contract/**/*.test.ts", "test/cluster/**/*.test.ts"],
    exclude: [...left, "**/node_modules/**"],
    globalSetup: ["test/control-plane/global-setup.ts"],
    testTimeout: 300_000,
    hookTimeout: 120_000,
    // Most of a test is waiting for controllers, and three of them take about two processors.
    maxWorkers: 3,
    sequence: { groupOrder: 2 },
  },
};

/** Where a control plane can be had from; on CI its absence is a failure, elsewhere it is said. */
function clusterProjects(): readonly (typeof cluster)[] {
  const isThere = process.env["CONTROL_PLANE_BIN"] !== undefined || spawnSync("go", ["version"]).status === 0;
  if (isThere || process.env["CI"] === "true") return [cluster];
  process.stderr.write(
    "skipped: the project cluster (a real control plane). Install Go 1.26 from go.dev/dl, or set CONTROL_PLANE_BIN; see CONTRIBUTING.md.\n",
  );
  return [];
}

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
            "bot/sim/github/**",
            "bot/git/**",
            "bot/kube/**",
            "bot/gates/**",
            "bot/http/**",
            "agent/reboot/**",
            "agent/main.test.ts",
            "bot/main.test.ts",
            "agent/api.test.ts",
            "**/node_modules/**",
          ],
        },
      },
      { test: { ...quick, name: "design", include: ["test/design/**/*.test.ts"] } },
      // The heavier projects run one after the other: a starved server is a slow one, and slow looks like broken.
      {
        test: {
          name: "simulation",
          include: ["test/simulation/**/*.test.ts"],
          testTimeout: 1_800_000,
          maxWorkers: "100%",
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: "servers",
          include: [
            "bot/slack/bolt/**/*.test.ts",
            "bot/sim/slack/**/*.test.ts",
            "bot/sim/github/**/*.test.ts",
            "test/slack/**/*.test.ts",
            "test/github/**/*.test.ts",
            "bot/git/**/*.test.ts",
            "bot/kube/**/*.test.ts",
            "bot/gates/**/*.test.ts",
            "bot/http/**/*.test.ts",
            "agent/reboot/**/*.test.ts",
            "agent/main.test.ts",
            "bot/main.test.ts",
            "agent/api.test.ts",
          ],
          exclude: [...left, "**/node_modules/**"],
          testTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "package",
          include: ["test/package/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 4 },
        },
      },
      ...clusterProjects(),
    ],
  },
});
