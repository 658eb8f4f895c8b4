import { expect, test } from "vitest";
import { type Deed, DeedRules } from "./deed-rules.ts";
import type { Change } from "./world.ts";

const HOUR = 3_600_000;
const change = (at: number, resource: string, after: object): Change => ({
  at,
  decidedAt: at,
  actor: "bot a",
  verb: "create",
  resource,
  before: null,
  after,
});
const target = (node: string, digest: string) => ({ node, digest });

function decision(at: number, verb: string, ...targets: readonly object[]): Change {
  return change(at, "rebootdecisions", { spec: { verb, by: { system: "slack", id: "U1" }, targets } });
}

function card(ts: string, hash: string, ...targets: readonly object[]): Change {
  const references = JSON.stringify([{ ts, hash, targets }]);
  return change(0, "configmaps", { metadata: { name: "bootswain-slack" }, data: { references } });
}

const deed = (verb: string, changes: Partial<Deed> = {}): Deed => ({
  at: 0,
  user: "U1",
  verb,
  nodes: null,
  saw: null,
  ...changes,
});
const onCard = { saw: { kind: "card", ts: "1", content: "c1" } } as const;
const inDialog = { saw: { kind: "dialog", digests: new Map([["n1", "u.b.0.p.x"]]) } } as const;
const SHOWN = card("1", "c1", target("n1", "u.b.0.p."));
const LATER = card("1", "c2", target("n1", "u.b.1.p."));
const OTHER = "rule 14: U1 saw something else than what this is about: ";

test.each<[string, Deed | null, readonly Change[], readonly string[]]>([
  ["what was asked for is decided", deed("retry"), [decision(1, "retry", target("n1", "d"))], []],
  [
    "what nobody asked for is not",
    null,
    [decision(1, "retry", target("n1", "d"))],
    ["rule 14: U1 did not ask for: retry n1"],
  ],
  [
    "nor another verb",
    deed("skip"),
    [decision(1, "retry", target("n1", "d"))],
    ["rule 14: U1 did not ask for: retry n1"],
  ],
  [
    "nor another node than the one that was named",
    deed("retry", { nodes: ["n2"] }),
    [decision(1, "retry", target("n1", "d"))],
    ["rule 14: U1 did not ask for: retry n1"],
  ],
  [
    "nor something hours later",
    deed("retry"),
    [decision(4 * HOUR, "retry", target("n1", "d"))],
    ["rule 14: U1 did not ask for: retry n1"],
  ],
  [
    "an approval is about what the card showed",
    deed("approve", onCard),
    [SHOWN, LATER, decision(1, "approve", target("n1", "u.b.0.p."))],
    [],
  ],
  [
    "and not about what it shows by now",
    deed("approve", onCard),
    [SHOWN, LATER, decision(1, "approve", target("n1", "u.b.1.p."))],
    [`${OTHER}approve n1`],
  ],
  [
    "nor about a node that it did not show",
    deed("approve", onCard),
    [SHOWN, decision(1, "approve", target("n1", "u.b.0.p."), target("n2", "u.b.0.p."))],
    [`${OTHER}approve n1, n2`],
  ],
  [
    "a retry is about what stands now",
    deed("retry", onCard),
    [SHOWN, LATER, decision(1, "retry", target("n1", "u.b.1.p."))],
    [],
  ],
  [
    "a force is about the blockers that its dialog named",
    deed("force", inDialog),
    [decision(1, "force", target("n1", "u.b.0.p.x"))],
    [],
  ],
  [
    "and about no others",
    deed("force", inDialog),
    [decision(1, "force", target("n1", "u.b.0.p.y"))],
    [`${OTHER}force n1`],
  ],
  ["a skip is bound to no blockers", deed("skip", inDialog), [decision(1, "skip", target("n1", "u.b.0.p."))], []],
])("%s", (_, done, changes, broken) => {
  const found: string[] = [];
  const rules = new DeedRules((rule) => found.push(rule));
  if (done !== null) rules.seeDeed(done);
  for (const one of changes) rules.see(one);
  expect(found).toEqual(broken);
});
