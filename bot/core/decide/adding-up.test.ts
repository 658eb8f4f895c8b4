import fc from "fast-check";
import { expect, test } from "vitest";
import type { Identity } from "../fleet/decision.ts";
import type { Person } from "../policy/policy.ts";
import { NOW } from "../testing/now.ts";
import { aPolicy } from "../testing/policies.ts";
import { addUp, apartText, mayBeOne } from "./adding-up.ts";
import { personOf } from "./people.ts";
import type { Vote } from "./standing.ts";

const person = (name: string, slack: string | null, kubernetes: string | null): Person => ({ name, slack, kubernetes });
const policyWith = (...people: readonly Person[]) =>
  aPolicy({ people: new Map(people.map((one) => [one.name, one] as const)) });

const LINKED = policyWith(
  person("ana", "U01AB", "ana@x"),
  person("ben", "U02CD", null),
  person("cem", null, "cem@x"),
  person("dee", "U04GH", null),
);

const identity = (text: string): Identity => {
  const [system = "", id = ""] = text.split(":");
  return system === "slack" ? { system, id } : { system: "kubernetes", id };
};
const vote = (by: Identity, policy = LINKED): Vote => ({ person: personOf(policy, by), by, at: NOW, validUntil: null });

test.each<[string, readonly string[], number]>([
  ["nobody", [], 0],
  ["two linked persons", ["slack:U01AB", "slack:U02CD"], 2],
  ["two linked persons of different systems: people says that they are two", ["slack:U02CD", "kubernetes:cem@x"], 2],
  ["two unlinked of one system", ["slack:U08", "slack:U09"], 2],
  ["two unlinked of different systems may be one", ["slack:U08", "kubernetes:eve@x"], 1],
  [
    "a linked person and an unlinked of a system in which they have another identity",
    ["slack:U01AB", "kubernetes:eve@x"],
    2,
  ],
  ["a linked person and an unlinked of a system in which they have none", ["slack:U02CD", "kubernetes:eve@x"], 1],
  [
    "three of Slack and two of Kubernetes, all unlinked",
    ["slack:U07", "slack:U08", "slack:U09", "kubernetes:e@x", "kubernetes:f@x"],
    3,
  ],
  [
    "of linked and unlinked the larger set",
    ["slack:U02CD", "slack:U04GH", "kubernetes:e@x", "kubernetes:f@x", "kubernetes:g@x"],
    3,
  ],
  [
    "those who are surely others join the unlinked",
    ["slack:U01AB", "kubernetes:cem@x", "kubernetes:e@x", "slack:U02CD"],
    3,
  ],
])("%s", (_, ids, count) => {
  const votes = ids.map((id) => vote(identity(id)));
  const { together, apart } = addUp(votes, LINKED);
  expect(together).toHaveLength(count);
  expect([...together, ...apart]).toHaveLength(votes.length);
});

const anyPeople = fc
  .array(fc.record({ slack: fc.boolean(), kubernetes: fc.boolean() }), { maxLength: 4 })
  .map((list) =>
    policyWith(...list.map((has, n) => person(`p${n}`, has.slack ? `s${n}` : null, has.kubernetes ? `k${n}` : null))),
  );
const anyIdentity = fc
  .record({ isSlack: fc.boolean(), n: fc.nat({ max: 6 }) })
  .map(
    ({ isSlack, n }): Identity => (isSlack ? { system: "slack", id: `s${n}` } : { system: "kubernetes", id: `k${n}` }),
  );
const anyVotes = fc.tuple(anyPeople, fc.array(anyIdentity, { maxLength: 8 })).map(([policy, ids]) => {
  const votes = new Map(ids.map((by) => [personOf(policy, by), vote(by, policy)]));
  return { policy, votes: [...votes.values()] };
});

test("no two that count together may be one human being", () => {
  fc.assert(
    fc.property(anyVotes, ({ policy, votes }) => {
      const { together } = addUp(votes, policy);
      const pairs = together.flatMap((a, n) => together.slice(n + 1).map((b) => [a, b] as const));
      expect(pairs.filter(([a, b]) => mayBeOne(a.by, b.by, policy))).toEqual([]);
    }),
  );
});

test("and no larger set of the kind is there", () => {
  fc.assert(
    fc.property(anyVotes, ({ policy, votes }) => {
      expect(addUp(votes, policy).together).toHaveLength(largest(votes, policy));
    }),
  );
});

test("however the unlinked identities belong to people, that many different ones have said yes", () => {
  fc.assert(
    fc.property(anyVotes, fc.array(fc.nat({ max: 5 }), { minLength: 8, maxLength: 8 }), ({ policy, votes }, whose) => {
      // Everyone of `people`, and some whom the policy does not name; none has two identities in one system.
      const humans = [...policy.people.values(), person("x", null, null), person("y", null, null)].map((one) => ({
        ...one,
      }));
      const owner = new Map<Vote, string>();
      for (const [n, one] of votes.entries()) {
        const linked = humans.find((human) => human[one.by.system] === one.by.id);
        const taken =
          linked ?? humans.find((human, at) => at >= (whose[n] ?? 0) % humans.length && human[one.by.system] === null);
        const human = taken ?? { ...person(`z${n}`, null, null) };
        if (taken === undefined) humans.push(human);
        Object.assign(human, { [one.by.system]: one.by.id });
        owner.set(one, human.name);
      }
      const { together } = addUp(votes, policy);
      expect(new Set(together.map((one) => owner.get(one))).size).toBe(together.length);
    }),
  );
});

/** By trying every set. */
function largest(votes: readonly Vote[], policy: typeof LINKED): number {
  const [first, ...rest] = votes;
  if (first === undefined) return 0;
  const others = rest.filter(({ by }) => !mayBeOne(first.by, by, policy));
  return Math.max(1 + largest(others, policy), largest(rest, policy));
}

test("who doesn't add up is told with whom, and what to do", () => {
  const ben = vote(identity("kubernetes:ben@x"));
  expect(apartText("approve", vote(identity("slack:U09")), [ben], LINKED)).toBe(
    " Your approval doesn't add up with that of kubernetes:ben@x: the policy's people don't say that you are two. Link them in `people`.",
  );
  expect(apartText("force", vote(identity("slack:U09")), [vote(identity("slack:U08"))], LINKED)).toBe("");
});
