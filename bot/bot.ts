import { DecisionDesk } from "./cluster/decision-desk.ts";
import { LeaseElection } from "./cluster/lease-election.ts";
import { LiveCluster } from "./cluster/live-cluster.ts";
import { Coordinator, type Turn } from "./coordinator/coordinator.ts";
import type { Api, Clock, Decisions, Log, PolicySource, Random } from "./coordinator/ports.ts";
import type { Timings } from "./core/timings.ts";

/** All that differs between a real cluster and a simulated one. */
export interface BotPorts {
  readonly api: Api;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly policySource: PolicySource;
}

export interface BotSettings {
  /** Must equal the policy's cluster. */
  readonly clusterName: string;
  /** Of the Lease and of what belongs to the bot itself. */
  readonly namespace: string;
  /** Tells this process from every other, also from an earlier life of its own pod. */
  readonly identity: string;
  readonly timings: Timings;
  /** Called after each turn of the loop. */
  readonly onTurn: (turn: Turn) => void;
}

export interface Bot {
  readonly decisions: Decisions;
  /** Hands the lease over. */
  stop(): Promise<void>;
}

/** One replica: the loop with everything it stands on, over whichever ports. */
export function startBot(ports: BotPorts, settings: BotSettings): Bot {
  const { clusterName, namespace, identity, timings, onTurn } = settings;
  const parts = { ...ports, timings };
  const cluster = new LiveCluster(parts, clusterName);
  const election = new LeaseElection({ ...parts, identity, namespace, name: "bootswain" });
  const coordinator = new Coordinator({ ...ports, cluster, election, clusterName, onTurn });
  coordinator.start();
  return { decisions: new DecisionDesk(parts, cluster.mirrors), stop: () => coordinator.stop() };
}
