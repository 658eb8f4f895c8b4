import type { Node } from "../../core/fleet/node.ts";
import type { NodeReboot } from "../../core/fleet/reboot.ts";
import type { HostReport } from "../../core/fleet/report.ts";
import { DAY, HOUR, MINUTE } from "../../core/instant.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { aNode, aReboot, aReport, type Parts } from "../../core/testing/builders.ts";
import { NOW } from "../../core/testing/now.ts";
import { aGroup, aPolicy, aPool, aWindow } from "../../core/testing/policies.ts";

const CONTROL_PLANE = { "node-role.kubernetes.io/control-plane": "true" };
const NAMES = ["abal-kuber01", "abal-kuber02", "abal-kuber03", "abal-kuber04"];
/** Fri Dec 4, 22:30 CST. Every night from 22:00 to 01:00. */
const windows = [aWindow("22:00", "01:00")];
const may = {
  ...aPool().may,
  force: { by: "leads", people: 2, validFor: 2 * HOUR },
};

export const POLICY: Policy = aPolicy({
  subject: "widen worker window (#42)",
  url: "https://github.com/example/policies/commit/3f2a9c1",
  pull: { number: 42, url: "https://github.com/example/policies/pull/42" },
  groups: new Map([
    ["operators", aGroup("operators", ["ana"])],
    ["leads", aGroup("leads", ["ana", "ben"])],
  ]),
  pools: [
    aPool({ name: "control-plane", mode: "approval", matchLabels: CONTROL_PLANE, windows, may }),
    aPool({ windows, may }),
  ],
});

interface Changes {
  readonly nodes?: Readonly<Record<string, Partial<Node>>>;
  readonly reboots?: Readonly<Record<string, Partial<NodeReboot>>>;
  readonly reports?: Readonly<Record<string, Partial<HostReport>>>;
}

const KERNEL = {
  kind: "kernel",
  identity: "kernel/5.14.0-503",
  text: "kernel 5.14.0-503 installed, 5.14.0-427 running",
  since: NOW - 3 * DAY,
};

/** Three control-plane nodes and a worker that have wanted a reboot for three days; `changes` by node. */
export function startingCluster(changes: Changes = {}, parts: Parts = {}): Parts {
  return {
    nodes: NAMES.map((name) => {
      const labels = name === "abal-kuber04" ? {} : CONTROL_PLANE;
      return aNode({ name, labels, ...changes.nodes?.[name] });
    }),
    reboots: NAMES.map((node) => aReboot({ node, ...changes.reboots?.[node] })),
    reports: NAMES.map((node) =>
      aReport({
        node,
        heartbeat: NOW - MINUTE,
        pending: { since: NOW - 3 * DAY, reasons: [KERNEL] },
        ...changes.reports?.[node],
      }),
    ),
    ...parts,
  };
}
