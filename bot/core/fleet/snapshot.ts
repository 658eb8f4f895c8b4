import type { Instant } from "../instant.ts";
import type { Timings } from "../timings.ts";
import type { Bots } from "./bots.ts";
import type { Check } from "./check.ts";
import type { Observation } from "./condition.ts";
import type { DaemonSet } from "./daemon-set.ts";
import type { Decision } from "./decision.ts";
import type { DisruptionBudget } from "./disruption-budget.ts";
import type { Etcd } from "./etcd.ts";
import type { Fleet } from "./fleet.ts";
import type { GateReadings } from "./gate.ts";
import type { Job } from "./job.ts";
import type { MoveResult } from "./move.ts";
import type { Node, NodeName } from "./node.ts";
import type { SlackPersons } from "./person.ts";
import type { NodePods, Pod } from "./pod.ts";
import type { NodeReboot } from "./reboot.ts";
import type { HostReport } from "./report.ts";
import type { Evidence } from "./workload.ts";

/** The API server's last answer to an eviction of a pod; kept until the pod is gone. */
export interface EvictionAnswer {
  readonly podUid: string;
  /** `refused` by a disruption budget, `misconfigured` with several budgets on one pod, `wait` for anything that passes. */
  readonly kind: "refused" | "misconfigured" | "wait";
  readonly message: string;
  /** The budgets that stand in its way, as namespace/name: those that cover the pod, or that the answer names. */
  readonly budgets: readonly string[];
  /** budgetsFingerprint() of those when the answer came: the eviction is worth trying again once it changes. */
  readonly fingerprint: string;
  readonly at: Instant;
  readonly retryAt: Instant;
  /** What was read to say why; null where nothing was. */
  readonly evidence: Evidence | null;
}

/** All that `plan` may know: one consistent view of the cluster, without I/O behind it. */
export interface Snapshot {
  readonly cluster: string;
  readonly timings: Timings;
  readonly nodes: ReadonlyMap<NodeName, Node>;
  readonly reports: ReadonlyMap<NodeName, HostReport>;
  readonly reboots: ReadonlyMap<NodeName, NodeReboot>;
  readonly fleet: Fleet | null;
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly budgets: ReadonlyMap<string, DisruptionBudget>;
  readonly pods: ReadonlyMap<NodeName, NodePods>;
  readonly evictions: ReadonlyMap<string, EvictionAnswer>;
  /** The Jobs that Bootswain made, by namespace/name. */
  readonly jobs: ReadonlyMap<string, Job>;
  /** The last lines of Jobs that ended, by namespace/name; what could not be read says why in their place. */
  readonly jobLogs: ReadonlyMap<string, readonly string[]>;
  /** What this bot knows of its writes of moves, by moveKey(). */
  readonly moves: ReadonlyMap<string, MoveResult>;
  /** VolumeAttachments by name, each with its node; null while no node is drained. */
  readonly volumes: ReadonlyMap<string, NodeName> | null;
  readonly daemonSets: ReadonlyMap<string, DaemonSet>;
  readonly bots: Bots;
  readonly etcd: Etcd;
  /** What Alertmanager and Prometheus said, by gateKey(); null where nothing is read, and only what is on record counts. */
  readonly gates: ReadonlyMap<string, GateReadings> | null;
  /** The pods that gates look for, by gateKey(), then by UID; a gate whose pods were not listed yet is missing. */
  readonly gatePods: ReadonlyMap<string, ReadonlyMap<string, Pod>>;
  /** What Slack said of those whose decisions matter; null where nobody is looked up, and what was proven before counts. */
  readonly people: SlackPersons | null;
  /** What this bot notices of its own footing; empty where nothing is, and only what is on record counts. */
  readonly observations: readonly Observation[];
  /** The newest check of each node; null where nothing is checked, and only what is on record counts. */
  readonly checks: ReadonlyMap<NodeName, Check> | null;
}
