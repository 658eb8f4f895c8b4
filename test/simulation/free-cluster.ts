import { ANA, BEN } from "../../bot/sim/slack/a-workspace.ts";
import { StartingCluster } from "./starting-cluster.ts";

interface Keys {
  /** Of the policy itself. */
  readonly top?: object;
  readonly controlPlane?: object;
  readonly workers?: object;
}

const POOL = {
  mode: "automatic",
  windows: "always",
  may: {
    approve: { by: "operators" },
    now: { by: "operators" },
    force: { by: "operators", people: 1 },
    skip: { by: "operators", upTo: "14d" },
    other: { by: "operators" },
  },
  drain: { giveUpAfter: "5m", retryAfter: "30m" },
  reboot: { delay: "1s", backWithin: "15m" },
  verify: { soak: "1s", atMost: "10m" },
};

/** All nodes go by themselves, one at a time and at any hour, but for what is given; ana and ben may do everything. */
export function policyWith({ top = {}, controlPlane = {}, workers = {} }: Keys = {}): string {
  return JSON.stringify({
    apiVersion: "policy.bootswain.dev/v1alpha1",
    kind: "RebootPolicy",
    cluster: "abal-kuber",
    timeZone: "America/Chicago",
    people: { ana: { slack: ANA }, ben: { slack: BEN } },
    groups: { operators: { people: ["ana", "ben"] } },
    ...top,
    pools: [
      {
        name: "control-plane",
        nodes: { matchLabels: { "node-role.kubernetes.io/control-plane": "true" } },
        ...POOL,
        ...controlPlane,
      },
      { name: "workers", ...POOL, ...workers },
    ],
  });
}

/** The starting cluster, and nothing that runs on it stands in the way of a drain, also while a node is down. */
export function freeCluster(policy: Keys = {}, settings: ConstructorParameters<typeof StartingCluster>[1] = {}) {
  const story = new StartingCluster(policyWith(policy), settings);
  story.setBudget({ minAvailable: 0 });
  story.cluster.workloads.remove("poddisruptionbudgets", { namespace: "shop", name: "api" });
  return story;
}
