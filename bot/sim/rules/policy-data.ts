import { at, text } from "./world.ts";

/** A policy as people write it, key by key: what the checker knows of it, without a word of the product in between. */

export interface WindowData {
  readonly days?: readonly string[];
  readonly from: string;
  readonly to?: string;
  readonly for?: string;
}

export interface FreezeData {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly pools?: readonly string[];
}

export interface MayData {
  readonly approve: { readonly by: string; readonly people: number; readonly validFor: string };
  readonly now: { readonly by: string };
  readonly force: { readonly by: string; readonly people: number; readonly validFor: string };
  readonly skip: { readonly by: string; readonly upTo: string };
  readonly other: { readonly by: string };
}

export interface PodRuleData {
  readonly match: { readonly namespace?: string; readonly matchLabels?: Readonly<Record<string, string>> };
  readonly action?: "evict" | "move" | "leave" | "waitUntilFinished";
  readonly order?: number;
  readonly before?: { readonly cronJob: string; readonly timeout: string };
  readonly atMost?: string;
}

export interface DrainData {
  readonly giveUpAfter: string;
  readonly retryAfter: string;
  readonly whenWindowCloses: "stop" | "finish";
  readonly forceAfter?: string;
  readonly moveByRollout?: boolean;
  readonly emptyDir?: "delete" | "protect";
  readonly unmanaged?: "delete" | "protect";
  readonly gracePeriod?: string;
  readonly ignoreTerminatingAfter?: string;
  readonly pods?: readonly PodRuleData[];
}

export interface HookData {
  readonly name: string;
  readonly cronJob: string;
  readonly onNode?: boolean;
  readonly timeout: string;
  readonly onFailure: "yield" | "fail" | "continue";
}

export interface HooksData {
  readonly beforeDrain?: readonly HookData[];
  readonly beforeReboot?: readonly HookData[];
  readonly afterReboot?: readonly HookData[];
}

export interface GateData {
  readonly name: string;
  readonly mustHold?: string;
  readonly alerts?: { readonly match: Readonly<Record<string, string>>; readonly ignore?: readonly string[] };
  readonly noPods?: { readonly namespace?: string; readonly matchLabels?: Readonly<Record<string, string>> };
}

export interface PoolData {
  readonly name: string;
  readonly nodes?: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly mode: "automatic" | "approval" | "observe";
  readonly after?: readonly string[];
  readonly quorum?: "etcd" | "ready" | "none";
  readonly windows: "always" | readonly WindowData[];
  readonly maxUnavailable: number | string;
  readonly spreadOver?: string;
  readonly may: MayData;
  readonly drain: DrainData;
  readonly hooks?: HooksData;
  readonly reboot: { readonly delay: string; readonly backWithin: string };
  readonly verify: { readonly soak: string; readonly atMost: string };
  readonly overdue?: { readonly after: string; readonly then: "remind" | "automatic" };
}

export interface GroupData {
  readonly people?: readonly string[];
  readonly slackGroups?: readonly string[];
  readonly kubernetesGroups?: readonly string[];
}

export interface PolicyData {
  readonly timeZone: string;
  readonly maxRebooting: number;
  readonly people: Readonly<Record<string, { readonly kubernetes?: string; readonly slack?: string }>>;
  readonly groups: Readonly<Record<string, GroupData>>;
  readonly freezes?: readonly FreezeData[];
  readonly gates?: readonly GateData[];
  readonly pools: readonly PoolData[];
}

const UNITS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 };

/** "1h30m" in milliseconds. */
export function lengthOf(duration: string): number {
  return [...duration.matchAll(/(\d+)([dhms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ""] ?? 0),
    0,
  );
}

/** The first pool whose labels the node has. */
export function poolFor(policy: PolicyData, labels: Readonly<Record<string, string>>): PoolData | null {
  const fits = ({ nodes }: PoolData): boolean =>
    Object.entries(nodes?.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return policy.pools.find(fits) ?? null;
}

/** The first rule that matches a pod; undefined where none does. */
export function ruleFor({ pods = [] }: DrainData, pod: unknown): PodRuleData | undefined {
  return pods.find(({ match: { namespace, matchLabels = {} } }) => {
    if (namespace !== undefined && namespace !== text(at(pod, "metadata", "namespace"))) return false;
    return Object.entries(matchLabels).every(([key, value]) => at(pod, "metadata", "labels", key) === value);
  });
}

/** How many nodes of a pool of this size may be unavailable. */
export function mostUnavailable({ maxUnavailable }: PoolData, size: number): number {
  if (typeof maxUnavailable === "number") return maxUnavailable;
  return Math.max(1, Math.floor((Number.parseInt(maxUnavailable, 10) * size) / 100));
}

/** The keys that a person's decision about a node of the pool is bound to, as one text. */
export function safetyKeys({ name, mode, may, windows, drain, hooks, reboot, verify }: PoolData): string {
  return JSON.stringify({ name, mode, may, windows, drain, hooks, reboot, verify });
}
