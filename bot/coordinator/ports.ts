import type { Observation } from "../core/fleet/condition.ts";
import type { Identity, Judgement, Target, Verb } from "../core/fleet/decision.ts";
import type { GateAnswer } from "../core/fleet/gate.ts";
import type { NodeName } from "../core/fleet/node.ts";
import type { PersonReading } from "../core/fleet/person.ts";
import type { Snapshot } from "../core/fleet/snapshot.ts";
import type { Duration, Instant } from "../core/instant.ts";
import type { AskedGate, PodsGate } from "../core/policy/policy.ts";
import type { Step } from "../core/step.ts";

/** The kinds of objects that Bootswain reads or writes. `kube` knows their paths, `sim` keeps one table for each. */
const RESOURCES = [
  "nodes",
  "pods",
  "poddisruptionbudgets",
  "deployments",
  "replicasets",
  "statefulsets",
  "daemonsets",
  "jobs",
  "cronjobs",
  "persistentvolumeclaims",
  "volumeattachments",
  "leases",
  "events",
  "configmaps",
  "hostreports",
  "nodereboots",
  "rebootfleets",
  "rebootdecisions",
  /** Watched alone: whether they are in force is proven by trying. */
  "validatingadmissionpolicies",
  "validatingadmissionpolicybindings",
  /** Only created: the server answers who asks. */
  "selfsubjectreviews",
] as const;
export type Resource = (typeof RESOURCES)[number];

/** An API object as the server sends it; only parse functions look inside. */
export type Json = unknown;

interface Where {
  readonly resource: Resource;
  /** Absent for cluster-scoped kinds, and for a list over all namespaces. */
  readonly namespace?: string;
}

/** One request, with the API server's own semantics. */
export type Call =
  | (Where & { readonly verb: "get"; readonly name: string })
  | (Where & {
      readonly verb: "list";
      readonly fieldSelector?: string;
      readonly labelSelector?: string;
      readonly limit?: number;
      readonly continue?: string;
      /** Absent means the most recent state, read by quorum. */
      readonly resourceVersion?: string;
    })
  | (Where & { readonly verb: "create"; readonly object: Json; readonly dryRun?: boolean })
  /** PUT: refused with 409 when the object's metadata.resourceVersion is not the current one. */
  | (Where & {
      readonly verb: "update";
      readonly name: string;
      readonly subresource?: "status";
      readonly object: Json;
      readonly dryRun?: boolean;
    })
  | (Where & { readonly verb: "delete"; readonly name: string; readonly uid?: string; readonly graceSeconds?: number })
  /** The last lines of a container's log; answered 200, the body is the text. 204 for a pod that no node has yet. */
  | {
      readonly verb: "log";
      readonly resource: "pods";
      readonly namespace: string;
      readonly name: string;
      readonly container: string;
      readonly tailLines: number;
      readonly limitBytes: number;
    }
  /** POST pods/NAME/eviction with the pod's UID as precondition. */
  | {
      readonly verb: "evict";
      readonly resource: "pods";
      readonly namespace: string;
      readonly name: string;
      readonly uid: string;
      readonly dryRun?: boolean;
      /** The pod's own grace when it is not given. */
      readonly graceSeconds?: number;
    };

/**
 * `answered`: the server's status code and body, whatever they are, with its Date header (whole seconds).
 * `unanswered`: no answer in time; a write may have happened all the same.
 */
export type Answer =
  | {
      readonly kind: "answered";
      readonly code: number;
      readonly body: Json;
      readonly date: Instant;
      readonly retryAfter?: Duration;
    }
  | { readonly kind: "unanswered"; readonly why: string };

export interface WatchCall {
  readonly resource: Resource;
  readonly namespace?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  readonly resourceVersion: string;
}

export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: Json;
}

/** Why a watch ended: `gone` needs a new list, `closed` resumes from the last resourceVersion seen. */
export type WatchEnd = { readonly kind: "gone" } | { readonly kind: "closed"; readonly why: string };

export interface WatchListener {
  readonly event: (event: WatchEvent) => void;
  /** Called once; never after stop(). */
  readonly end: (end: WatchEnd) => void;
}

export interface Stoppable {
  stop(): void;
}

export interface Api {
  /** Never rejects. Gives up at the deadline (elapsed time from now). */
  call(call: Call, deadline: Duration): Promise<Answer>;
  watch(call: WatchCall, listener: WatchListener): Stoppable;
}

export interface Clock {
  now(): Instant;
  /** Milliseconds of elapsed time from an arbitrary start; never goes backwards, and counts while the process sleeps. */
  monotonic(): Duration;
  after(delay: Duration, run: () => void): Stoppable;
}

export interface Random {
  /** In [0, 1). */
  next(): number;
}

/** One event name per fact, with its fields. Never a token. */
export interface Log {
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** `unanswered` posts may have arrived. `needed` are the scopes that the app lacks. */
export type ChatAnswer =
  | { readonly ok: true; readonly ts: string }
  | { readonly ok: false; readonly error: string; readonly retryAfterSeconds?: number; readonly needed?: string };

/** Slack as the outbox needs it. Blocks are Block Kit as plain data. */
export interface Chat {
  post(message: {
    readonly channel: string;
    readonly threadTs?: string;
    readonly text: string;
    readonly blocks: readonly unknown[];
    readonly broadcast?: boolean;
    /** Goes with the message, unseen by people, so that `find` knows it again. */
    readonly key?: string;
  }): Promise<ChatAnswer>;
  /** Our newest message in the channel, or in a thread of it, that was posted with this key since then; `ts` is empty where there is none. */
  find(wanted: {
    readonly channel: string;
    readonly threadTs?: string;
    readonly key: string;
    readonly since: Instant;
  }): Promise<ChatAnswer>;
  update(message: {
    readonly channel: string;
    readonly ts: string;
    readonly text: string;
    readonly blocks: readonly unknown[];
  }): Promise<ChatAnswer>;
  pin(channel: string, ts: string): Promise<ChatAnswer>;
  /** A private answer that only `user` sees. */
  tell(whisper: {
    readonly channel: string;
    readonly user: string;
    readonly threadTs?: string;
    readonly text: string;
  }): Promise<ChatAnswer>;
  /** Shows a dialog (a view of Block Kit as plain data) to the person whose click brought the trigger; that is good for 3 s. */
  open(triggerId: string, view: unknown): Promise<ChatAnswer>;
}

/** Slack's own word on who somebody is. */
export interface SlackPeople {
  /** Which of the user groups `among` (their ids) a full member of the workspace is in. Never rejects; answers may be a few minutes old. */
  look(user: string, among: readonly string[]): Promise<PersonReading>;
}

/** Something that the bot stands on and may lack; what is observed of it is a condition of RebootFleet. */
export interface Footing {
  /** `changed` is called after each change of what is observed. */
  start(changed: () => void): Stoppable;
  /** Null while nothing is known yet. */
  observed(): Observation | null;
}

/** How long effects may still be made: an effect that could land later must not be started. */
export interface Lease {
  remaining(): Duration;
}

/** The cluster as the coordinator sees it: one snapshot to read, one step at a time and key to perform. */
export interface Cluster {
  /** Begins to watch. `changed` is called after each change of the snapshot, and once when everything was first listed. */
  start(changed: () => void): void;
  stop(): void;
  /** Null until everything was listed once. */
  snapshot(): Snapshot | null;
  /**
   * Performs one step within the lease. Resolves, and never rejects, when the step's effect or its failure is in the
   * snapshot: from then on the step may be planned anew.
   */
  perform(step: Step, lease: Lease): Promise<void>;
  /** Pods of other nodes than these are watched no longer. */
  keepPods(nodes: ReadonlySet<NodeName>): void;
  /** The pods that these gates look for are watched, and no others. */
  keepGatePods(gates: readonly PodsGate[]): void;
}

/** Leader election. `changed` is called when leadership is gained or lost. */
export interface Election extends Lease {
  start(changed: () => void): void;
  /** Gives the lease back, so that the other replica need not wait for its end. */
  stop(): Promise<void>;
  /**
   * Leads no longer from the call on, gives the lease up once the effects under way have `ended`, and leaves it to the
   * others for one length of a lease.
   */
  handOver(ended: Promise<unknown>): Promise<void>;
  isLeader(): boolean;
}

/** What a person asks for. The name is made from where it came from, so that the same click is the same decision. */
export interface DecisionRequest {
  readonly name: string;
  readonly verb: Verb;
  readonly targets: readonly Target[];
  readonly by: Identity;
  readonly groups: readonly string[];
  readonly reason: string | null;
  readonly until: Instant | null;
}

/** `repeated`: this very request was made before, and this is what came of it then. */
export type DecisionAnswer =
  | { readonly kind: "judged"; readonly judgement: Judgement; readonly repeated: boolean }
  | { readonly kind: "unjudged"; readonly why: string }
  | { readonly kind: "unreachable"; readonly why: string };

/** Turns a person's wish into a RebootDecision and waits for the leader's judgement of it. Works on every replica. */
export interface Decisions {
  ask(request: DecisionRequest): Promise<DecisionAnswer>;
}

/** Alertmanager and Prometheus. */
export interface Gates {
  /** Never rejects, and answers within a bounded time: what can't be read is `unreachable`. */
  read(gate: AskedGate): Promise<GateAnswer>;
}
