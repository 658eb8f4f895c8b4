import { describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "../../bot/core/instant.ts";
import type { PodHabits } from "../../bot/sim/pod-template.ts";
import { addEtcdPod, showVoter } from "../../bot/sim/simulation/incidents.ts";
import { freeCluster } from "./free-cluster.ts";
import { CONTROL_PLANES, type StartingCluster } from "./starting-cluster.ts";

const [FIRST = "", SECOND = "", THIRD = ""] = CONTROL_PLANES;
const ETCD = { "node-role.kubernetes.io/etcd": "true" };
const labels = Object.fromEntries(CONTROL_PLANES.map((name) => [name, ETCD]));
/** No budget holds a node that the quorum lets go. */
const keys = { top: { maxRebooting: 3 }, controlPlane: { maxUnavailable: 3 } };
const settings = { habitsOf: { [THIRD]: { boot: 5 * HOUR } } };

interface Case {
  readonly story: StartingCluster;
  /** What makes the third member whole again; it is by itself after 5 hours where the machine is down. */
  readonly mend: () => void;
}

const cluster = (more: object = {}): StartingCluster => freeCluster(keys, { ...settings, ...more });

const CASES: readonly (readonly [string, () => Promise<Case>])[] = [
  [
    "with etcd labels, one of them down",
    async () => {
      const story = cluster({ labels });
      story.cluster.hosts.get(THIRD)?.goDown();
      return { story, mend: () => {} };
    },
  ],
  [
    "with etcd labels, one of them no voter",
    async () => {
      const story = cluster({ labels });
      for (const name of CONTROL_PLANES) showVoter(story.cluster, name, name !== THIRD);
      return { story, mend: () => showVoter(story.cluster, THIRD, true) };
    },
  ],
  [
    "with kubeadm's static pods, one of the nodes down",
    async () => {
      const story = cluster();
      for (const name of CONTROL_PLANES) addEtcdPod(story.cluster, name);
      await story.pass(MINUTE);
      story.cluster.hosts.get(THIRD)?.goDown();
      return { story, mend: () => {} };
    },
  ],
  [
    "with kubeadm's static pods, one of them not ready",
    async () => {
      const story = cluster();
      for (const name of CONTROL_PLANES) addEtcdPod(story.cluster, name);
      await story.pass(MINUTE);
      const restart = (habits: PodHabits): void => {
        story.cluster.store.remove("kubelet", "pods", `kube-system/etcd-${THIRD}`);
        addEtcdPod(story.cluster, THIRD, habits);
      };
      restart({ neverReady: true });
      return { story, mend: () => restart({}) };
    },
  ],
];

/** A pod on the first node that its budget never lets go, so that there is something to force. */
function block(story: StartingCluster): void {
  story.cluster.workloads.deploy({ namespace: "jam", name: "jam", replicas: 1, graceSeconds: 5, onlyOn: FIRST });
  story.cluster.workloads.addBudget({ namespace: "jam", name: "jam", promise: { minAvailable: 1 } });
}

describe.each(CASES)("three control-plane nodes %s", (_, arrange) => {
  test("none of the others goes, and force, now and retry don't change it; whole again, they go", async () => {
    const { story, mend } = await arrange();
    block(story);
    await story.begin([FIRST, SECOND]);
    await story.pass(30 * MINUTE);
    expect(story.holdsOf(FIRST)).toEqual(["would be blocked", "quorum"]);
    expect(story.holdsOf(SECOND)).toEqual(["quorum"]);
    const force = story.decide("force", [FIRST], { reason: "it must go" });
    for (const verb of ["now", "retry"]) story.decide(verb, [FIRST, SECOND]);
    await story.pass(2 * HOUR);
    expect(story.judgementOf(force)).toMatchObject({ outcome: "counted" });
    expect([story.holdsOf(FIRST), story.holdsOf(SECOND)]).toEqual([["quorum"], ["quorum"]]);
    expect([story.calls, [...story.cordoned], story.slots()]).toEqual([[], [], []]);
    mend();
    expect(await story.until(() => story.isRebooted(SECOND), 5 * HOUR)).toBe(true);
  });
});

test("all three whole, they go one after the other, whatever the budgets allow", async () => {
  const story = freeCluster(keys, { labels });
  await story.pass(MINUTE);
  const together: string[] = [];
  story.cluster.store.onChange(() => {
    const away = CONTROL_PLANES.filter((name) => story.isCordoned(name) || !story.isReady(name));
    if (away.length > 1) together.push(away.join());
  });
  await story.begin(CONTROL_PLANES);
  expect(await story.until(() => CONTROL_PLANES.every((name) => story.isRebooted(name)))).toBe(true);
  expect(together).toEqual([]);
});

test("a member that is lost in mid-drain makes the node step aside, uncordoned", async () => {
  const slowly = { ...keys.controlPlane, reboot: { delay: "5m", backWithin: "15m" } };
  const story = freeCluster({ ...keys, controlPlane: slowly }, { ...settings, labels });
  await story.begin([FIRST]);
  expect(await story.until(() => story.status(FIRST, "draining", "emptySince") !== undefined)).toBe(true);
  story.cluster.hosts.get(THIRD)?.goDown();
  expect(await story.until(() => story.phaseOf(FIRST) === "waiting", 3 * MINUTE)).toBe(true);
  expect([story.status(FIRST, "outcome", "why", "kind"), story.isCordoned(FIRST)]).toEqual(["quorum", false]);
  expect([story.calls, story.slots()]).toEqual([[], []]);
});
