import { expect, test } from "vitest";
import type { Mention, Policy } from "../../core/policy/policy.ts";
import { aNode, aReboot } from "../../core/testing/builders.ts";
import { aGroup, aPolicy, aPool } from "../../core/testing/policies.ts";
import { APPROVAL, allText, blockedReboot, failedPhase, only, STUCK } from "../testing/cards.ts";
import { aTurn } from "../testing/turns.ts";
import type { Card } from "./card.ts";
import { cardsOf } from "./cards.ts";
import { mentionsOf, personText } from "./mentions.ts";

const groups = new Map(
  [
    aGroup("operators", ["ana", "ben"], { slackGroups: ["S01OPS"] }),
    aGroup("leads", [], { slackGroups: ["S01LEADS", "S01OPS"] }),
    aGroup("approvers", ["slack:U09XY", "ana"]),
    aGroup("cluster", ["kubernetes:dora"], { kubernetesGroups: ["platform"] }),
  ].map((group) => [group.name, group]),
);
const policy = aPolicy({ groups });

const rows: readonly (readonly [string, readonly (string | null | undefined)[], string])[] = [
  ["a group's user groups come before its people", ["operators"], "<!subteam^S01OPS> <@U01AB> <@U02CD>"],
  ["a person who is only an ID is called by it", ["approvers"], "<@U09XY> <@U01AB>"],
  [
    "what two groups share is called once",
    ["leads", "operators"],
    "<!subteam^S01LEADS> <!subteam^S01OPS> <@U01AB> <@U02CD>",
  ],
  ["people whom Slack doesn't know are not called", ["cluster"], ""],
  ["no group, and one that is not there, call nobody", [null, undefined, "nobody"], ""],
];
test.each(rows)("%s", (_, names, says) => {
  expect(mentionsOf(policy, ...names)).toBe(says);
});

test("of more than twenty the rest is counted", () => {
  const people = Array.from({ length: 30 }, (_, index) => `slack:U${index}`);
  const many = aPolicy({ groups: new Map([["all", aGroup("all", people, { slackGroups: ["S1"] })]]) });
  expect(mentionsOf(many, "all")).toMatch(/^<!subteam\^S1> <@U0> .*<@U18> and 11 more of all$/);
});

const persons: readonly (readonly [string, string])[] = [
  ["ana", "ana"],
  ["slack:U09XY", "<@U09XY>"],
  ["slack:<!channel>", "&lt;!channel&gt;"],
  ["kubernetes:dora@example.com", "dora@example.com"],
];
test.each(persons)("%s is shown as %s", (person, says) => {
  expect(personText(person)).toBe(says);
});

const NONE: Mention = { approval: null, blocked: null, failed: null, overdue: null };
const cards: readonly (readonly [Card["kind"] & keyof Mention, (changes: Partial<Policy>) => Card])[] = [
  ["approval", (changes) => only(cardsOf(aTurn({}, { policy: { ...APPROVAL, ...changes } }), []), "approval")],
  [
    "blocked",
    (changes) =>
      only(cardsOf(aTurn({ reboots: [blockedReboot()], ...STUCK }, { policy: aPolicy(changes) }), []), "blocked"),
  ],
  [
    "failed",
    (changes) =>
      only(
        cardsOf(
          aTurn(
            { nodes: [aNode({ ready: false })], reboots: [aReboot({ phase: failedPhase, orders: 1 })] },
            { policy: aPolicy(changes) },
          ),
          [],
        ),
        "failed",
      ),
  ],
];
test.each(cards)("a card that is about %s calls the group of that key, else those who may decide", (kind, cardOf) => {
  const all = new Map([...groups, ["called", aGroup("called", ["slack:U0CALLED"])]]);
  const called = cardOf({ groups: all, mention: { ...NONE, [kind]: "called" } });
  expect(called.alert?.says).toMatch(/ <@U0CALLED>$/);
  expect(allText(called)).not.toContain("<@U01AB>");
  const other = cardOf({ groups: all, mention: { ...NONE, overdue: "called" } });
  expect(other.alert?.says).toMatch(/ <!subteam\^S01OPS> <@U01AB> <@U02CD>$/);
});

test("a pool whose right names no group calls nobody by it", () => {
  const may = { ...aPool().may, approve: null };
  const pools = [aPool({ mode: "approval", may })];
  expect(allText(only(cardsOf(aTurn({}, { policy: aPolicy({ pools }) }), []), "approval"))).not.toContain("<@");
});
