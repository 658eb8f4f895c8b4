import fc from "fast-check";
import { expect, test } from "vitest";
import type { Policy } from "../../core/policy/policy.ts";
import { aDecision, aJudgement, aReboot, aSnapshot, currentDigest } from "../../core/testing/builders.ts";
import { fleetOf } from "../../core/testing/fleets.ts";
import { NOW } from "../../core/testing/now.ts";
import { aFreeze, aGroup, aPolicy, aPool, aWindow } from "../../core/testing/policies.ts";
import type { Check, Review } from "./review.ts";
import { reviewOf } from "./review-of.ts";

const PIECES = [
  "@ana",
  "@acme/ops",
  "#1",
  "acme/infra#12",
  "GH-7",
  "3f2a9c1d",
  "https://x.example/y",
  "www.x.example",
  "a@x.example",
  "mailto:a@x.example",
  "[text](https://x)",
  "![pic](https://x)",
  "<!-- bootswain -->",
  "-->",
  "<img src=x>",
  "<details>",
  "&#64;ana",
  "&commat;ana",
  "|",
  "\\|",
  "\\",
  "`",
  "``",
  "```",
  "**",
  "__",
  "~~",
  "$x$",
  "# ",
  "> ",
  "- ",
  "1. ",
  "---",
  "===",
  ":skull:",
  "\n",
  "\r\n\r\n",
  "\u2028",
  "\u202E",
  "\u200B",
  "\u0000",
  "אב",
  "😀",
  "\uD83D",
  " ",
  "a",
  "worker-1",
];
const hostile = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 12 })
  .map((all) => all.join("").slice(0, 200));

/** What the things of one cluster and its policies are called; two of a kind differ in their last letters. */
const names = fc.record({
  node: hostile,
  pool: hostile,
  person: hostile,
  group: hostile,
  gate: hostile,
  freeze: hostile,
  label: hostile,
  file: hostile,
  path: hostile,
  message: hostile,
  cluster: hostile,
});
type Names = typeof names extends fc.Arbitrary<infer T> ? T : never;

function policies(n: Names): { readonly inForce: Policy; readonly proposed: Policy } {
  const right = { by: n.group, people: 2, validFor: 3_600_000 };
  const groups = new Map([
    [n.group, aGroup(n.group, [n.person], { slackGroups: [n.group], kubernetesGroups: [n.label] })],
  ]);
  const people = new Map([[n.person, { name: n.person, slack: "U01AB", kubernetes: n.label }]]);
  const asked = aPool({ name: n.pool, mode: "approval", may: { ...aPool().may, approve: right, force: null } });
  const hook = { name: n.gate, cronJob: n.label, timeout: 1, onNode: true, onFailure: "fail" } as const;
  const top = { cluster: n.cluster, groups, people, commit: `3f2a9c1${n.gate}` };
  const inForce = aPolicy({
    ...top,
    freezes: [aFreeze({ name: n.freeze })],
    gates: [{ kind: "query", name: n.gate, mustHold: "1" }],
    pools: [
      { ...asked, spreadOver: n.label, hooks: { ...asked.hooks, beforeDrain: [hook] } },
      aPool({ name: `${n.pool}2` }),
    ],
  });
  const loosened = {
    ...asked,
    quorum: "none",
    windows: [aWindow("20:00", "21:00")],
    may: { ...asked.may, force: right },
  } as const;
  const proposed = aPolicy({
    ...top,
    gates: [{ kind: "query", name: `${n.gate}2`, mustHold: "1" }],
    pools: [{ ...loosened, matchLabels: { role: "db" } }, aPool({ name: `${n.pool}3`, matchLabels: { role: "web" } })],
  });
  return { inForce, proposed };
}

function reviews(n: Names): readonly Review[] {
  const { inForce, proposed } = policies(n);
  const [pool = aPool()] = inForce.pools;
  const names = [n.node, `${n.node}2`, `${n.node}3`];
  const labels = { [names[0] ?? ""]: { labels: { role: "db" } }, [names[1] ?? ""]: { labels: { role: "web" } } };
  const parts = fleetOf(names, { nodes: labels });
  const digest = (name: string): string =>
    currentDigest({ pool, node: { ...(aSnapshot(parts).nodes.get(name) ?? fail()) }, reboot: aReboot({ node: name }) });
  const decision = aDecision({
    targets: names.map((node) => ({ node, digest: null })),
    judgement: aJudgement({ person: n.person, bound: names.map((node) => ({ node, digest: digest(node) })) }),
  });
  const snapshot = aSnapshot({ ...parts, decisions: [decision] });
  const place = { file: n.file, line: 3, column: 1, path: n.path, message: n.message };
  const warnings = [{ ...place, severity: "warning" as const }];
  const good: Check = () => ({ ok: true, policy: proposed, warnings });
  const bad: Check = () => ({ ok: false, problems: [{ ...place, severity: "error" }, ...warnings] });
  const standing = { clusterName: n.cluster, snapshot, inForce, now: NOW };
  const text = { kind: "text", file: n.file, text: "" } as const;
  return [
    reviewOf(text, good, standing),
    reviewOf(text, good, { ...standing, inForce: undefined }),
    reviewOf(text, good, { ...standing, clusterName: `${n.cluster}2` }),
    reviewOf(text, bad, standing),
    reviewOf({ kind: "unfit", file: n.file, problem: n.message }, bad, standing),
  ];
}

function fail(): never {
  throw new Error("no such node");
}

/** A line without what is ours in it: list markers, bold lines, tables with as many cells as their head. */
function own(line: string, columns: number): string {
  if (line.startsWith("| ")) {
    const cells = line.slice(2, -2).split("|");
    expect(cells, line).toHaveLength(columns);
    return cells.join(" ");
  }
  return line
    .replace(/^\*\*(.*)\*\*$/, "$1")
    .replace(/^\*\*([^*]*)\*\* /, "$1 ")
    .replace(/^- /, "");
}

const PLAIN = /^[\p{L}\p{N}.,;:!?'"()%→…·¦\s-]*$/u;

function checkText(text: string): void {
  expect(text.length).toBeLessThanOrEqual(60_000);
  expect(text).not.toMatch(/<!-|[\u202A-\u202E\u2066\u2067\u200B-\u200F\u2028]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
  expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  let columns = 0;
  for (const line of text.split("\n")) {
    if (line.startsWith("| ")) columns ||= line.split("|").length - 2;
    else columns = 0;
    if (/^(?:\| --- )+\|$/.test(line)) continue;
    // In a code span nothing is formatted, linked or called.
    const bare = own(line, columns).replace(/`[^`]+`/g, "·");
    expect(bare).toMatch(PLAIN);
    expect(bare).not.toMatch(/\bwww\.|\bgh-\d|:\/\/|:[\w+-]+:|\b[0-9a-f]{7,40}\b/i);
    expect(bare).not.toMatch(/^\s*(?:[-+] |\d+[.)] |---|===)/);
  }
}

test("whatever things are called, a review mentions nobody, links nowhere, and is formatted by nothing but itself", () => {
  fc.assert(
    fc.property(names, (called) => {
      for (const { text, title, annotations } of reviews(called)) {
        checkText(text);
        expect(title.length).toBeLessThanOrEqual(120);
        expect(title).not.toMatch(/[\p{Cc}\u202A-\u202E\u2028]/u);
        expect(annotations.every(({ line, column }) => line >= 1 && column >= 1)).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});
