import { AdmissionProbe } from "./cluster/admission-probe.ts";
import { DecisionDesk } from "./cluster/decision-desk.ts";
import { LeaseElection } from "./cluster/lease-election.ts";
import { LiveCluster } from "./cluster/live-cluster.ts";
import { LookAgain } from "./cluster/look-again.ts";
import { ServerClock } from "./cluster/server-clock.ts";
import { Coordinator, type Turn } from "./coordinator/coordinator.ts";
import type { Onlooker } from "./coordinator/onlooker.ts";
import type { PolicySource, Reparse } from "./coordinator/policy-source-port.ts";
import type { Api, Chat, Clock, Decisions, Footing, Gates, Log, Random, SlackPeople } from "./coordinator/ports.ts";
import type { Proposals } from "./coordinator/proposals.ts";
import type { Timings } from "./core/timings.ts";
import { Desk } from "./slack/desk.ts";
import { Outbox } from "./slack/outbox.ts";
import { ReferenceStore } from "./slack/references.ts";

/** All that differs between a real cluster and a simulated one. */
export interface BotPorts {
  readonly api: Api;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly policySource: PolicySource;
  readonly reparse: Reparse;
  readonly gates: Gates;
  readonly chat: Chat;
  readonly people: SlackPeople;
  readonly proposals: Proposals;
  readonly footings: readonly Footing[];
  readonly onlookers: readonly Onlooker[];
}

export interface BotSettings {
  /** Must equal the policy's cluster. */
  readonly clusterName: string;
  /** Of the Lease, the bot's own pods and what belongs to them. */
  readonly namespace: string;
  /** Tells this process from every other, also from an earlier life of its own pod. */
  readonly identity: string;
  /** The pod that it runs in; null when it runs in none. */
  readonly pod: string | null;
  readonly timings: Timings;
}

export interface Bot {
  readonly decisions: Decisions;
  /** Takes clicks and replies. */
  readonly desk: Desk;
  /** What was decided last; null before the first turn. */
  turn(): Turn | null;
  /** How many messages Slack does not show yet as they should be; 0 on a standby. */
  waitingForSlack(): number;
  /** Somebody says that there is something new where the policy comes from: every replica looks sooner than it would. */
  lookAgain(why: string): void;
  /** Hands the lease over. */
  stop(): Promise<void>;
}

/** One replica: the loop with everything it stands on, over whichever ports. */
export function startBot(ports: BotPorts, { clusterName, namespace, identity, pod, timings }: BotSettings): Bot {
  const { log, chat, people, proposals } = ports;
  const clock = new ServerClock(ports.clock, log);
  const api = clock.readBy(ports.api);
  const parts = { ...ports, api, clock, timings };
  const cluster = new LiveCluster(parts, { cluster: clusterName, namespace, pod, isReader: false });
  const election = new LeaseElection({ ...parts, identity, namespace, name: "bootswain" });
  const admission = new AdmissionProbe({ ...parts, callDeadline: timings.callDeadline, namespace, pod });
  const footings = [...ports.footings, admission];
  const decisions = new DecisionDesk(parts, cluster.mirrors);
  const hints = new LookAgain(parts, cluster.mirrors);
  const references = new ReferenceStore(api, namespace);
  const outbox = new Outbox({ chat, references, clock, log });
  let last: Turn | null = null;
  const first = Promise.withResolvers<void>();
  const onTurn = (turn: Turn): void => {
    last = turn;
    first.resolve();
    outbox.show(turn);
    for (const onlooker of ports.onlookers) onlooker.show(turn);
  };
  const coordinator = new Coordinator({ ...parts, footings, cluster, election, clusterName, onTurn });
  const turn = (): Turn | null => last;
  const begun = first.promise;
  const desk = new Desk({ clusterName, decisions, proposals, chat, people, references, turn, begun, clock, log });
  coordinator.start();
  return {
    decisions,
    desk,
    turn,
    waitingForSlack: () => outbox.waiting(),
    lookAgain: (why) => hints.tell(why),
    stop: async () => {
      hints.stop();
      outbox.stop();
      for (const onlooker of ports.onlookers) onlooker.stop();
      await coordinator.stop();
    },
  };
}
