import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/**
 * What each folder may import besides itself: folders of this project, or names of packages. The longest prefix that
 * matches a file is its rule. This is the import table of ARCHITECTURE.md.
 */
const TABLE: Readonly<Record<string, readonly string[]>> = {
  agent: ["node:"],
  "agent/testing": ["vitest"],
  "bot/core": ["luxon", "node:crypto"],
  "bot/policy": [
    "bot/core",
    "bot/coordinator/policy-source-port.ts",
    "bot/coordinator/proposals.ts",
    "yaml",
    "zod",
    "luxon",
    "fastest-levenshtein",
  ],
  "bot/policy/generate.ts": ["node:"],
  "bot/coordinator": ["bot/core"],
  "bot/cluster": ["bot/core", "bot/coordinator/ports.ts", "agent/protocol.ts", "zod"],
  "bot/cluster/resources/generate.ts": ["node:"],
  "bot/cluster/resources/crd-text.ts": ["yaml"],
  "bot/kube": ["bot/core", "bot/coordinator/ports.ts", "@kubernetes/client-node", "node:"],
  "bot/slack": ["bot/core", "bot/coordinator", "luxon", "chrono-node", "node:crypto"],
  "bot/slack/bolt": ["bot/slack", "@slack/", "node:"],
  "bot/git": ["bot/core", "bot/coordinator/ports.ts", "bot/coordinator/policy-source-port.ts", "node:"],
  "bot/git/github/testing": ["bot/sim", "vitest"],
  "bot/git/review/testing": ["bot/policy"],
  "bot/git/github": ["bot/git", "bot/coordinator", "octokit", "@octokit/", "undici", "node:"],
  "bot/gates": ["bot/core", "bot/coordinator/ports.ts", "zod", "@prometheus-io/lezer-promql", "@lezer/common", "node:"],
  "bot/http": ["bot/core", "bot/coordinator/ports.ts", "prom-client", "@octokit/webhooks-methods", "node:"],
  "bot/process": ["bot/core", "bot/coordinator/ports.ts", "pino", "node:"],
  "bot/bot.ts": ["bot/core", "bot/coordinator", "bot/cluster", "bot/slack"],
  "bot/cli": [
    "bot/bot.ts",
    "bot/core",
    "bot/coordinator",
    "bot/cluster",
    "bot/kube",
    "bot/policy",
    "bot/git",
    "bot/gates",
    "bot/http",
    "bot/slack",
    "bot/process",
    "commander",
    "node:",
  ],
  "bot/cli/slack/manifest-text.ts": ["yaml"],
  "bot/main.ts": ["bot/cli", "bot/process", "commander", "node:"],
  "bot/sim": [
    "bot/bot.ts",
    "bot/coordinator",
    "bot/cluster",
    "bot/core",
    "bot/policy",
    "bot/slack",
    "agent",
    "ws",
    "node:",
  ],
  "bot/sim/rules": [],
  "bot/sim/slack/testing": ["@slack/", "vitest"],
  "bot/sim/github/testing": ["octokit", "@octokit/", "vitest"],
  "bot/demo": [
    "bot/sim",
    "bot/coordinator",
    "bot/cluster",
    "bot/core",
    "bot/policy",
    "bot/git",
    "bot/slack",
    "bot/process",
    "agent",
    "node:",
    "luxon",
  ],
};

/** Modules that a real cluster never needs are loaded only when they are asked for. */
const ONLY_DYNAMIC = ["bot/sim", "bot/demo"];

interface Import {
  readonly file: string;
  readonly target: string;
  readonly isDynamic: boolean;
}

function sources(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

function importsOf(file: string, text: string): readonly Import[] {
  const found: Import[] = [];
  for (const match of text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s+"([^"]+)"|(?:^|\n)import\s+"([^"]+)"/g,
  )) {
    found.push({ file, target: resolveTarget(file, match[1] ?? match[2] ?? ""), isDynamic: false });
  }
  for (const match of text.matchAll(/\bimport\(\s*"([^"]+)"\s*\)/g)) {
    found.push({ file, target: resolveTarget(file, match[1] ?? ""), isDynamic: true });
  }
  return found;
}

function resolveTarget(file: string, target: string): string {
  return target.startsWith(".") ? relative(ROOT, resolve(ROOT, dirname(file), target)) : target;
}

const isWithin = (path: string, prefix: string): boolean =>
  path === prefix || path.startsWith(prefix.endsWith("/") || prefix.endsWith(":") ? prefix : `${prefix}/`);

function ruleOf(file: string): readonly [string, readonly string[]] | null {
  const prefixes = Object.keys(TABLE).filter((prefix) => isWithin(file, prefix));
  const longest = prefixes.sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? null : [longest, TABLE[longest] ?? []];
}

function problemOf({ file, target, isDynamic }: Import): string | null {
  const rule = ruleOf(file);
  if (rule === null) return `${file} is in no folder of the import table`;
  const [own, allowed] = rule;
  const parents = Object.keys(TABLE).filter((prefix) => isWithin(own, prefix) && !isWithin("bot/sim/rules", own));
  const isAllowed = [own, ...parents, ...allowed, ...parents.flatMap((parent) => TABLE[parent] ?? [])].some((prefix) =>
    isWithin(target, prefix),
  );
  const mayLoad = isDynamic && ONLY_DYNAMIC.some((prefix) => isWithin(target, prefix));
  return isAllowed || mayLoad ? null : `${file} imports ${target}`;
}

function problemsIn(files: ReadonlyMap<string, string>): readonly string[] {
  return [...files].flatMap(([file, text]) => importsOf(file, text).flatMap((one) => problemOf(one) ?? []));
}

test("every import is allowed by the import table", () => {
  const files = new Map(
    [...sources("agent"), ...sources("bot")].map((file) => [file, readFileSync(join(ROOT, file), "utf8")]),
  );
  expect(files.size).toBeGreaterThan(50);
  expect(problemsIn(files)).toEqual([]);
});

test.each([
  ["core must not import an adapter", "bot/core/plan.ts", 'import { kubeApi } from "../kube/api.ts";'],
  ["core must not import an SDK", "bot/core/plan.ts", 'import { App } from "@slack/bolt";'],
  ["the agent must not import the bot", "agent/agent.ts", 'import { plan } from "../bot/core/plan.ts";'],
  ["an adapter must not import another", "bot/git/git.ts", 'import { view } from "../slack/view/board.ts";'],
  ["the checker must not import the product", "bot/sim/rules/checker.ts", 'import { plan } from "../../core/plan.ts";'],
  [
    "the command line must not load the sim at start",
    "bot/cli/run.ts",
    'import { simCluster } from "../sim/cluster.ts";',
  ],
])("%s", (_, file, text) => {
  expect(problemsIn(new Map([[file, text]]))).toHaveLength(1);
});

test("the command line may load the sim when it is asked for", () => {
  expect(problemsIn(new Map([["bot/cli/simulate.ts", 'const sim = await import("../sim/cluster.ts");']]))).toEqual([]);
});
