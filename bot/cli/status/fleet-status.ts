import { type Pause, pauseOf } from "../../core/decide/pause.ts";
import type { Condition, ConditionType } from "../../core/fleet/condition.ts";
import type { Snapshot } from "../../core/fleet/snapshot.ts";
import { forecast } from "../../core/forecast/forecast.ts";
import { type Instant, wallClock } from "../../core/instant.ts";
import { plan } from "../../core/plan.ts";
import type { Policy, Pool } from "../../core/policy/policy.ts";
import { type NodeStatus, nodeStatusOf } from "./node-status.ts";
import { type WindowNow, windowNow } from "./window-now.ts";

export interface PoolStatus {
  readonly pool: Pool;
  readonly window: WindowNow;
  /** What needs a look comes first. */
  readonly nodes: readonly NodeStatus[];
}

/** The fleet as the board in Slack shows it. */
export interface FleetStatus {
  readonly snapshot: Snapshot;
  readonly policy: Policy | undefined;
  readonly now: Instant;
  readonly pause: Pause | null;
  readonly pools: readonly PoolStatus[];
  /** In no pool of the policy. */
  readonly poolless: readonly NodeStatus[];
  readonly attention: readonly Attention[];
}

/** What a person should look at. */
export interface Attention {
  readonly kind: "failed" | "blocked" | "policy" | "condition";
  readonly node: string | null;
  readonly says: string;
}

export function fleetStatusOf(snapshot: Snapshot, policy: Policy | undefined, now: Instant): FleetStatus {
  const ahead = forecast(snapshot, policy, now);
  const all = [...plan(snapshot, new Set(), policy, now).nodes.values()]
    .map((planned) => nodeStatusOf(planned, ahead.get(planned.situation.node.name) ?? null))
    .sort((a, b) => a.rank - b.rank);
  const at: At = (instant) => wallClock(instant, policy?.timeZone ?? "utc", now);
  const nodesOf = (name: string | undefined): readonly NodeStatus[] =>
    all.filter(({ planned }) => planned.situation.pool?.name === name);
  const pools =
    policy?.pools.map((pool) => ({ pool, window: windowNow(pool, policy, now), nodes: nodesOf(pool.name) })) ?? [];
  return {
    snapshot,
    policy,
    now,
    pause: pauseOf(snapshot),
    pools,
    poolless: nodesOf(undefined),
    attention: [
      ...all.flatMap(attentionTo),
      ...policyAttention(snapshot, policy, at),
      ...conditionAttention(snapshot, at),
    ],
  };
}

function attentionTo({ planned, state, says }: NodeStatus): readonly Attention[] {
  const { name } = planned.situation.node;
  if (state !== "failed" && state !== "blocked") return [];
  return [{ kind: state, node: name, says: `${name} ${state === "failed" ? "has failed" : "is blocked"}: ${says}` }];
}

type At = (instant: Instant) => string;

function policyAttention({ fleet }: Snapshot, policy: Policy | undefined, at: At): readonly Attention[] {
  const about = (says: string): readonly Attention[] => [{ kind: "policy", node: null, says }];
  if (fleet === null) return about("No bot has worked on this cluster yet: it has no RebootFleet.");
  const status = fleet.policy;
  const why = status?.valid === false ? ` since ${at(status.since)}: ${status.problems.join("; ")}` : null;
  if (policy === undefined) return about(`Without a good policy nothing is rebooted${why ?? "."}`);
  return why === null ? [] : about(`No newer policy is used${why}`);
}

function conditionAttention({ fleet }: Snapshot, at: At): readonly Attention[] {
  return (fleet?.conditions ?? [])
    .filter((condition) => !isWell(condition))
    .map(({ type, says, since }) => ({
      kind: "condition",
      node: null,
      says: `${shownAs(type)} since ${at(since)}: ${says}`,
    }));
}

/** The name of a condition that is not as it should be, in words. */
function shownAs(type: ConditionType): string {
  switch (type) {
    case "AdmissionMissing":
      return "AdmissionMissing";
    case "SlackConnected":
      return "Not SlackConnected";
    case "PullRequestsAnswered":
      return "Not PullRequestsAnswered";
    default:
      return type satisfies never;
  }
}

/** A condition that is as it should be. */
export function isWell({ type, isTrue }: Condition): boolean {
  switch (type) {
    case "AdmissionMissing":
      return !isTrue;
    case "SlackConnected":
    case "PullRequestsAnswered":
      return isTrue;
    default:
      return type satisfies never;
  }
}
