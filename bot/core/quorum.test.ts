import { describe, expect, test } from "vitest";
import type { Node } from "./fleet/node.ts";
import type { Pool } from "./policy/policy.ts";
import { quorumLack, quorumMembers } from "./quorum.ts";
import { aNode, aSnapshot, holdKinds, planned } from "./testing/builders.ts";
import { fleetOf, takers } from "./testing/fleets.ts";
import { aPolicy, aPool } from "./testing/policies.ts";

const ETCD = { "node-role.kubernetes.io/etcd": "true", "node-role.kubernetes.io/control-plane": "true" };
const MASTER = { "node-role.kubernetes.io/control-plane": "" };

const nodesOf = (labels: Node["labels"], ...changes: readonly Partial<Node>[]): readonly Node[] =>
  changes.map((change, index) => aNode({ name: `m${index + 1}`, labels, ...change }));

const lack = (nodes: readonly Node[], quorum: Pool["quorum"] = null, taken: readonly string[] = []) =>
  quorumLack(nodes[0] ?? aNode(), aPool({ quorum }), quorumMembers(aSnapshot({ nodes })), new Set(taken));

const up = {};
const down = { ready: false };

describe("may one of these go", () => {
  test.each<[string, readonly Node[], Pool["quorum"], boolean]>([
    ["three etcd members", nodesOf(ETCD, up, up, up), null, true],
    ["three etcd members, one not Ready", nodesOf(ETCD, up, down, up), null, false],
    ["three, one a learner without a vote", nodesOf(ETCD, up, { etcdVoter: false }, up), null, false],
    [
      "three that say that they vote",
      nodesOf(ETCD, ...Array.from({ length: 3 }, () => ({ etcdVoter: true }))),
      null,
      true,
    ],
    ["five etcd members, one not Ready", nodesOf(ETCD, up, down, up, up, up), null, true],
    ["five etcd members, two not Ready", nodesOf(ETCD, up, down, down, up, up), null, false],
    ["two etcd members", nodesOf(ETCD, up, up), null, false],
    ["two etcd members, where the policy asks only for one that is Ready", nodesOf(ETCD, up, up), "ready", true],
    ["one etcd member", nodesOf(ETCD, up), null, true],
    ["two without etcd", nodesOf(MASTER, up, up), null, true],
    ["two without etcd, the other not Ready", nodesOf(MASTER, up, down), null, false],
    ["two without etcd, where the policy says that they have it", nodesOf(MASTER, up, up), "etcd", false],
    ["three without the etcd label", nodesOf(MASTER, up, up, up), null, true],
    ["three without the etcd label, one not Ready", nodesOf(MASTER, up, down, up), null, false],
    ["one that is no longer Ready itself", nodesOf(ETCD, down, up, up), null, true],
    ["none, where the policy looks away", nodesOf(ETCD, up, down, down), "none", true],
    ["workers", nodesOf({}, up, down, down), null, true],
  ])("%s: %#", (_, nodes, quorum, may) => {
    expect(lack(nodes, quorum) === null).toBe(may);
  });
});

test("a member that is under way counts as lost", () => {
  expect(lack(nodesOf(ETCD, up, up, up), null, ["uid-m2"])).toBe(
    "without it 1 of 3 etcd members would serve (m2 is under way), and 2 must",
  );
});

test("control planes beside labelled etcd nodes are no members", () => {
  const nodes = [...nodesOf(ETCD, up, up, up), aNode({ name: "api", labels: MASTER })];
  expect(quorumMembers(aSnapshot({ nodes })).nodes.map(({ name }) => name)).toEqual(["m1", "m2", "m3"]);
});

test("two slots never go to two of three members at once, and the hold says why", () => {
  const nodes = Object.fromEntries(["a", "b", "c"].map((name) => [name, { labels: ETCD }]));
  const plan = planned(fleetOf(["a", "b", "c", "d"], { nodes }), { policy: aPolicy({ maxRebooting: 3 }) });
  expect(takers(plan)).toEqual(["a", "d"]);
  expect(holdKinds(plan, "b")).toEqual(["quorum"]);
  expect(plan.nodes.get("b")?.holds[0]?.says).toBe(
    "b must stay: without it 1 of 3 etcd members would serve (a is under way), and 2 must.",
  );
});
