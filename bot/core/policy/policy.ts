import { DAY, type Duration, HOUR, type Instant, MINUTE, SECOND } from "../instant.ts";
import type { Freeze, Window } from "./window.ts";

/** One human being; identities of two systems count as one person only when they stand here together. */
export interface Person {
  readonly name: string;
  readonly slack: string | null;
  readonly kubernetes: string | null;
}

export interface Group {
  readonly name: string;
  /** Names under which people count (decide/people.ts): of `people`, or `slack:ID` for one who is not linked. */
  readonly people: readonly string[];
  /** Ids of Slack user groups. */
  readonly slackGroups: readonly string[];
  readonly kubernetesGroups: readonly string[];
}

/** Who may approve. `people` counts distinct persons, the one who asks included. */
export interface ApproveRight {
  readonly by: string;
  readonly people: number;
  /** A duration counts from the window's opening. */
  readonly validFor: "nextWindow" | Duration;
}

export interface ForceRight {
  readonly by: string;
  readonly people: number;
  readonly validFor: Duration;
}

export interface SkipRight {
  readonly by: string;
  readonly upTo: Duration;
}

/** A right that one person of the group is enough for. */
export interface PlainRight {
  readonly by: string;
}

/** A null right belongs to nobody. */
export interface May {
  readonly approve: ApproveRight | null;
  /** Lifts window, after and back-off; never a freeze. */
  readonly now: PlainRight | null;
  readonly force: ForceRight | null;
  readonly skip: SkipRight | null;
  readonly other: PlainRight | null;
}

export type Mode = "automatic" | "approval" | "observe";

/** How many nodes of a pool: a number, or a percentage that is rounded down and is at least 1. */
export type Amount =
  | { readonly kind: "count"; readonly count: number }
  | { readonly kind: "percent"; readonly percent: number };

/** `etcd`: a majority of the members stays; `ready`: another one is Ready; null: found out by the nodes' labels. */
export type Quorum = "etcd" | "ready" | "none" | null;

export interface Overdue {
  /** After this long pending a node is past its deadline. */
  readonly after: Duration;
  readonly remindEvery: Duration;
  /** The policy's key `then`. `automatic`: past its deadline a node needs no approval any more. */
  readonly pastDeadline: "remind" | "automatic";
}

export interface PodMatch {
  readonly namespace: string | null;
  readonly matchLabels: Readonly<Record<string, string>>;
}

/** A suspended CronJob, as namespace/name, from which a Job is made. */
export interface JobRef {
  readonly cronJob: string;
  readonly timeout: Duration;
}

/** The first rule that matches a pod says how it leaves. */
export interface PodRule {
  readonly match: PodMatch;
  readonly action: "evict" | "move" | "leave" | "waitUntilFinished";
  /** Lower ones leave first. */
  readonly order: number;
  readonly before: JobRef | null;
  /** For waitUntilFinished: then the pod is evicted. */
  readonly atMost: Duration | null;
}

export interface DrainSettings {
  /** Counted while only refused pods are left. */
  readonly giveUpAfter: Duration;
  readonly retryAfter: Duration;
  /** Null is never. */
  readonly forceAfter: Duration | null;
  readonly whenWindowCloses: "stop" | "finish";
  readonly moveByRollout: boolean;
  readonly emptyDir: "delete" | "protect";
  readonly unmanaged: "delete" | "protect";
  /** The upper bound of a pod's own grace period; null is the pod's own. */
  readonly gracePeriod: Duration | null;
  readonly ignoreTerminatingAfter: Duration;
  readonly pods: readonly PodRule[];
}

export interface Hook extends JobRef {
  readonly name: string;
  readonly onNode: boolean;
  readonly onFailure: "yield" | "fail" | "continue";
}

export interface Hooks {
  readonly beforeDrain: readonly Hook[];
  readonly beforeReboot: readonly Hook[];
  readonly afterReboot: readonly Hook[];
}

/** A gate that Alertmanager or Prometheus is asked about. */
export type AskedGate =
  | { readonly kind: "alerts"; readonly name: string; readonly match: Labels; readonly ignore: readonly string[] }
  | { readonly kind: "query"; readonly name: string; readonly mustHold: string };

/** A gate that is closed for a node while such a pod runs on it. */
export interface PodsGate {
  readonly kind: "pods";
  readonly name: string;
  readonly noPods: PodMatch;
}

/** What must hold for a node to go, besides the policy's times and people. */
export type Gate = AskedGate | PodsGate;

type Labels = Readonly<Record<string, string>>;

export interface Pool {
  readonly name: string;
  /** Null takes every node that no pool above took. */
  readonly matchLabels: Labels | null;
  readonly mode: Mode;
  /** Pools whose nodes go before this one's. */
  readonly after: readonly string[];
  readonly quorum: Quorum;
  readonly windows: "always" | readonly Window[];
  readonly slackChannel: string | null;
  readonly maxUnavailable: Amount;
  /** A label: of two of its values, one never has two nodes more under way than the other. */
  readonly spreadOver: string | null;
  readonly may: May;
  readonly drain: DrainSettings;
  readonly hooks: Hooks;
  readonly reboot: { readonly delay: Duration; readonly backWithin: Duration };
  readonly verify: { readonly soak: Duration; readonly atMost: Duration };
  readonly overdue: Overdue;
  readonly nodeLabels: { readonly during: Labels; readonly after: Labels };
  readonly discourageScheduling: boolean;
}

/** Groups to mention, by what a card is about; null mentions those who may decide. */
export interface Mention {
  readonly approval: string | null;
  readonly blocked: string | null;
  readonly failed: string | null;
  readonly overdue: string | null;
}

/** A request of somebody to take a commit over, on a server that has such. */
export interface PullRequest {
  readonly number: number;
  readonly url: string;
}

/** A policy that was checked whole. `commit` is where it came from; null for a plain file. */
export interface Policy {
  readonly commit: string | null;
  readonly subject: string | null;
  readonly author: string | null;
  /** When it was committed, by the clock of whoever did it. */
  readonly when: Instant | null;
  /** Where people see the commit in a browser; null where nobody knows. */
  readonly url: string | null;
  /** What brought the commit; null where that is not known. */
  readonly pull: PullRequest | null;
  readonly cluster: string;
  /** An IANA zone. */
  readonly timeZone: string;
  readonly maxRebooting: number;
  readonly people: ReadonlyMap<string, Person>;
  readonly groups: ReadonlyMap<string, Group>;
  readonly slackChannel: string | null;
  readonly mention: Mention;
  readonly freezes: readonly Freeze[];
  readonly gates: readonly Gate[];
  readonly pools: readonly Pool[];
}

/** What a pool says without a word of its own (design, policy.yaml). */
export const POOL_DEFAULTS: Omit<Pool, "name" | "matchLabels" | "windows"> = {
  mode: "approval",
  after: [],
  quorum: null,
  slackChannel: null,
  maxUnavailable: { kind: "count", count: 1 },
  spreadOver: null,
  may: { approve: null, now: null, force: null, skip: null, other: null },
  drain: {
    giveUpAfter: 15 * MINUTE,
    retryAfter: 30 * MINUTE,
    forceAfter: null,
    whenWindowCloses: "stop",
    moveByRollout: false,
    emptyDir: "delete",
    unmanaged: "delete",
    gracePeriod: null,
    ignoreTerminatingAfter: 5 * MINUTE,
    pods: [],
  },
  hooks: { beforeDrain: [], beforeReboot: [], afterReboot: [] },
  reboot: { delay: 90 * SECOND, backWithin: 15 * MINUTE },
  verify: { soak: 2 * MINUTE, atMost: 15 * MINUTE },
  overdue: { after: 14 * DAY, remindEvery: 3 * DAY, pastDeadline: "remind" },
  nodeLabels: { during: {}, after: {} },
  discourageScheduling: true,
};

/** Of a right that is given without its numbers. */
export const RIGHT_DEFAULTS = {
  approve: { people: 1, validFor: "nextWindow" },
  force: { people: 2, validFor: 2 * HOUR },
  skip: { upTo: 14 * DAY },
} as const;
