import { describe, expect, test } from "vitest";
import { GUARD_BUDGET } from "./fleet/etcd.ts";
import type { Node } from "./fleet/node.ts";
import type { Pod } from "./fleet/pod.ts";
import { quorumLack, quorumMembers } from "./quorum.ts";
import { aNode, aReport, aSnapshot, type Parts, planned } from "./testing/builders.ts";
import { fleetOf, takers } from "./testing/fleets.ts";
import { NOW } from "./testing/now.ts";
import { draining, nextPhase, underWay } from "./testing/phases.ts";
import { aBudget, aPod } from "./testing/pods.ts";
import { aPool } from "./testing/policies.ts";

const ETCD = { "node-role.kubernetes.io/etcd": "true", "node-role.kubernetes.io/control-plane": "true" };
const MASTER = { "node-role.kubernetes.io/control-plane": "" };

const masters = (count: number, labels: Node["labels"] = MASTER): readonly Node[] =>
  Array.from({ length: count }, (_, index) => aNode({ name: `m${index + 1}`, labels }));

const byName = (pods: readonly Pod[]) => new Map(pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod]));
const etcdOn = (node: string, changes: Partial<Pod> = {}): Pod =>
  aPod({ namespace: "kube-system", name: `etcd-${node}`, node, mirror: true, ...changes });
const guardOn = (node: string, changes: Partial<Pod> = {}): Pod =>
  aPod({ namespace: "openshift-etcd", name: `etcd-guard-${node}`, node, controller: null, ...changes });
const etcd = (members: readonly Pod[], guards: readonly Pod[] = []) => ({
  members: byName(members),
  guards: byName(guards),
});

const lack = (parts: Parts & { readonly nodes: readonly Node[] }, taken: readonly string[] = []) =>
  quorumLack(parts.nodes[0] ?? aNode(), aPool(), quorumMembers(aSnapshot(parts)), new Set(taken));

describe("members by their static pods", () => {
  test.each<[string, Parameters<typeof lack>[0], string | null]>([
    [
      "one of three whose pods are all ready may go",
      { nodes: masters(3), etcd: etcd([etcdOn("m1"), etcdOn("m2"), etcdOn("m3")]) },
      null,
    ],
    [
      "none while another's pod is not ready",
      { nodes: masters(3), etcd: etcd([etcdOn("m1"), etcdOn("m2", { ready: false }), etcdOn("m3")]) },
      "without it 1 of 3 etcd members would serve (m2 has an etcd that is not ready), and 2 must",
    ],
    [
      "none while another's pod is ending",
      { nodes: masters(3), etcd: etcd([etcdOn("m1"), etcdOn("m2", { deletingSince: NOW }), etcdOn("m3")]) },
      "without it 1 of 3 etcd members would serve (m2 has an etcd that is not ready), and 2 must",
    ],
    [
      "the one whose own pod is not ready may",
      { nodes: masters(3), etcd: etcd([etcdOn("m1", { ready: false }), etcdOn("m2"), etcdOn("m3")]) },
      null,
    ],
    [
      "none of two, though both are ready and nothing else than the pods shows it",
      { nodes: masters(2), etcd: etcd([etcdOn("m1"), etcdOn("m2")]) },
      "without it 1 of 2 etcd members would serve, and 2 must",
    ],
    ["a single one may", { nodes: masters(1), etcd: etcd([etcdOn("m1")]) }, null],
    [
      "a control plane without a member may, beside three with one",
      {
        nodes: [aNode({ name: "api", labels: MASTER }), ...masters(3)],
        etcd: etcd([etcdOn("m1"), etcdOn("m2", { ready: false }), etcdOn("m3")]),
      },
      null,
    ],
    [
      "a pod that has ended makes no member, and two servers without etcd are left",
      { nodes: masters(2), etcd: etcd([etcdOn("m1", { finished: true }), etcdOn("m2", { finished: true })]) },
      null,
    ],
    [
      "of two servers on a database elsewhere one may while the other is Ready",
      { nodes: masters(2), etcd: etcd([]) },
      null,
    ],
  ])("%s", (_, parts, says) => {
    expect(lack(parts)).toBe(says);
  });
});

describe("members by label, as of RKE2, that have pods as well", () => {
  const nodes = masters(3, ETCD);
  test.each<[string, readonly Node[], readonly Pod[], string | null]>([
    ["each is one member, not two", nodes, [etcdOn("m1"), etcdOn("m2"), etcdOn("m3")], null],
    ["one whose pod is not seen counts by its node", nodes, [etcdOn("m1"), etcdOn("m3")], null],
    [
      "one whose pod is not ready is lost, though its node is Ready",
      nodes,
      [etcdOn("m2", { ready: false })],
      "without it 1 of 3 etcd members would serve (m2 has an etcd that is not ready), and 2 must",
    ],
    [
      "one that says that it does not vote is lost, though its pod is ready",
      nodes.map((node) => (node.name === "m2" ? { ...node, etcdVoter: false } : node)),
      [etcdOn("m2")],
      "without it 1 of 3 etcd members would serve (m2 is no voting member), and 2 must",
    ],
    [
      "one without the label that has a pod is a member, too",
      [...masters(2, ETCD), aNode({ name: "m3", labels: MASTER, ready: false })],
      [etcdOn("m3")],
      "without it 1 of 3 etcd members would serve (m3 is not Ready), and 2 must",
    ],
  ])("%s", (_, members, pods, says) => {
    expect(lack({ nodes: members, etcd: etcd(pods) })).toBe(says);
  });
});

describe("OpenShift's guards", () => {
  const nodes = masters(3);
  const members = nodes.map(({ name }) => etcdOn(name));
  const guards = nodes.map(({ name }) => guardOn(name));
  const budget = (disruptionsAllowed: number) =>
    aBudget({ namespace: "openshift-etcd", name: "etcd-guard-pdb", uid: "uid-guard", disruptionsAllowed });
  const HELD = `PDB ${GUARD_BUDGET} allows no disruption of etcd now`;

  test.each<[string, Omit<Parts, "nodes">, readonly string[], string | null]>([
    [
      "hold a member while their budget allows nothing",
      { etcd: etcd(members, guards), budgets: [budget(0)] },
      [],
      HELD,
    ],
    ["let one go while it allows one", { etcd: etcd(members, guards), budgets: [budget(1)] }, [], null],
    [
      "let the one go whose own guard is not ready",
      { etcd: etcd(members, [guardOn("m1", { ready: false }), guardOn("m2"), guardOn("m3")]), budgets: [budget(0)] },
      [],
      null,
    ],
    [
      "let one go that has no guard",
      { etcd: etcd(members, [guardOn("m2"), guardOn("m3")]), budgets: [budget(0)] },
      [],
      null,
    ],
    [
      "hold one while its budget was not judged yet",
      { etcd: etcd(members, guards), budgets: [{ ...budget(1), generation: 2 }] },
      [],
      HELD,
    ],
    ["say nothing where there is no budget over them", { etcd: etcd(members, guards) }, [], null],
    [
      "don't call back one that is under way: its drain is what closed the budget",
      { etcd: etcd(members, guards), budgets: [budget(0)] },
      ["uid-m1"],
      null,
    ],
  ])("%s", (_, parts, taken, says) => {
    expect(lack({ nodes, ...parts }, taken)).toBe(says);
  });

  test("say nothing of workers", () => {
    const parts = { etcd: etcd(members, guards), budgets: [budget(0)] };
    expect(lack({ nodes: [aNode(), ...nodes], ...parts })).toBeNull();
  });

  test("in the plan: nobody goes before their budget allows it, and the hold says so", () => {
    const parts = { ...fleetOf(["m1", "m2", "m3"]), nodes, etcd: etcd(members, guards), budgets: [budget(0)] };
    const plan = planned(parts);
    expect(takers(plan)).toEqual([]);
    expect(plan.nodes.get("m1")?.holds).toEqual([{ kind: "quorum", says: `m1 must stay: ${HELD}.`, until: null }]);
    expect(takers(planned({ ...parts, budgets: [budget(1)] }))).toEqual(["m1"]);
  });
});

test("a member in its drain steps aside when another one's etcd is lost", () => {
  const node = aNode({ labels: MASTER });
  const parts = underWay(draining(), {
    nodes: [node, ...masters(2)],
    reports: [aReport()],
    etcd: etcd([etcdOn("worker-1"), etcdOn("m1", { ready: false }), etcdOn("m2")]),
  });
  expect(nextPhase(planned(parts))).toMatchObject({ kind: "yielding", why: { kind: "quorum" } });
});
