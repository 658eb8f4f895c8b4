import { nodeDigest } from "../decide/digest.ts";
import { type Decision, VERBS, type Verb } from "../fleet/decision.ts";
import type { Slot } from "../fleet/fleet.ts";
import { HOOK_STAGES } from "../fleet/hook-run.ts";
import type { Job } from "../fleet/job.ts";
import { memberOf } from "../fleet/member.ts";
import type { Pod } from "../fleet/pod.ts";
import type { EvictionAnswer, Snapshot } from "../fleet/snapshot.ts";
import { HOUR, MINUTE, SECOND } from "../instant.ts";
import { type Gate, type Hooks, POOL_DEFAULTS, type Policy, type Pool } from "../policy/policy.ts";
import type { StepKey } from "../step.ts";
import { type AnyMember, anyMember } from "./any-member.ts";
import { aDecision, aJudgement, aSnapshot } from "./builders.ts";
import { ERRORS, green, NO_BACKUP, podsFor, readingsOf, red, unreachable } from "./gates.ts";
import { aHook, aJob, jobNameOf } from "./hooks.ts";
import { NOW } from "./now.ts";
import { choose, type Pick, rarely, usually } from "./pick.ts";
import { aBudget, anAnswer, aPod } from "./pods.ts";
import { aFreeze, aPolicy, aPool, aWindow } from "./policies.ts";

export interface Given {
  readonly snapshot: Snapshot;
  readonly policy: Policy | undefined;
  readonly inFlight: ReadonlySet<StepKey>;
}

/** A cluster in any state that can be reached, and some that can't; looked at at NOW. */
export function anyFleet(pick: Pick, fewest = 2): Given {
  const names = ["node-0", "node-1", "node-2", "node-3"].slice(0, fewest + pick(5 - fewest));
  const members = names.map((name) => anyMember(pick, name));
  const policy = rarely(pick, 20) ? undefined : anyPolicy(pick);
  const slots = members.flatMap(({ slot }) => slot ?? []);
  const gone = usually<readonly Slot[]>(pick, [], [{ node: "gone", uid: "uid-gone", order: "order-gone" }]);
  const paused = rarely(pick, 15) ? { by: "ana", reason: "" } : null;
  const fleet = rarely(pick, 20)
    ? null
    : { version: "7", paused, slots: [...gone, ...slots], policy: null, gates: [], conditions: [], lookAgain: null };
  const bare: Snapshot = {
    ...aSnapshot({
      nodes: members.map(({ node }) => node),
      reports: members.flatMap(({ report }) => report ?? []),
      reboots: members.flatMap(({ reboot }) => reboot ?? []),
      budgets: choose(pick, [aBudget()], [aBudget({ disruptionsAllowed: 1 })], []),
      fleet,
    }),
    pods: new Map(members.flatMap((member) => anyPods(pick, member))),
    gates: anyReadings(pick),
    gatePods: choose<Snapshot["gatePods"]>(
      pick,
      new Map(),
      podsFor(NO_BACKUP),
      podsFor(NO_BACKUP, aPod({ node: "node-0" })),
    ),
    jobs: new Map(members.flatMap((member) => anyJobs(pick, member))),
    jobLogs: new Map(members.flatMap((member) => anyJobs(pick, member).map(([key]) => [key, ["done"]] as const))),
  };
  const evictions = new Map([...bare.pods.values()].flatMap(({ pods }) => anyAnswers(pick, [...pods.values()])));
  const decisions = new Map(names.flatMap((name) => anyDecisions(pick, bare, policy, name)));
  return { snapshot: { ...bare, evictions, decisions }, policy, inFlight: anyInFlight(pick, names) };
}

function anyPolicy(pick: Pick): Policy {
  const window = (from: number, to: number) => [aWindow(`${from}:00`, `${to}:31`)];
  const maxUnavailable = choose<Pool["maxUnavailable"]>(
    pick,
    { kind: "percent", percent: 100 },
    { kind: "count", count: 1 },
  );
  const pool = aPool({
    maxUnavailable,
    spreadOver: choose(pick, null, null, "zone"),
    after: rarely(pick, 6) ? ["first"] : [],
    quorum: choose<Pool["quorum"]>(pick, null, null, "ready", "none"),
    mode: usually<Pool["mode"]>(pick, "automatic", "approval", "observe"),
    windows: usually<Pool["windows"]>(pick, "always", window(22, 22), window(2, 4)),
    hooks: choose(pick, POOL_DEFAULTS.hooks, anyHooks(pick)),
  });
  const first = aPool({ name: "first", matchLabels: { role: "first" } });
  const freezes = rarely(pick, 10) ? [aFreeze({ pools: choose(pick, null, ["first"]) })] : [];
  const gates = choose<readonly Gate[]>(pick, [], [], [ERRORS], [NO_BACKUP, ERRORS]);
  return aPolicy({ freezes, gates, maxRebooting: 1 + pick(3), pools: usually(pick, [first, pool], [pool], [first]) });
}

function anyHooks(pick: Pick): Hooks {
  const any = () => choose(pick, [], [aHook({ onFailure: choose(pick, "yield", "fail", "continue") })]);
  return { beforeDrain: any(), beforeReboot: any(), afterReboot: any() };
}

/** Of the gate ERRORS, which are open more often than not. */
function anyReadings(pick: Pick): Snapshot["gates"] {
  const open = readingsOf(ERRORS, green(SECOND), green(MINUTE));
  return choose<Snapshot["gates"]>(
    pick,
    null,
    open,
    open,
    open,
    new Map(),
    readingsOf(ERRORS, green(HOUR)),
    readingsOf(ERRORS, green(SECOND), red(MINUTE)),
    readingsOf(ERRORS, red(SECOND), green(MINUTE)),
    readingsOf(ERRORS, unreachable(SECOND), green(MINUTE)),
  );
}

function anyJobs(pick: Pick, { order }: AnyMember): readonly (readonly [string, Job])[] {
  return HOOK_STAGES.filter(() => pick(2) === 0).map((stage) => {
    const name = jobNameOf(stage, aHook(), order);
    return [`ops/${name}`, aJob({ name, order, state: choose(pick, "running", "succeeded", "failed") })] as const;
  });
}

function anyPods(
  pick: Pick,
  { node, order }: AnyMember,
): readonly (readonly [string, { order: string; pods: Map<string, Pod> }])[] {
  if (rarely(pick, 8)) return [];
  const pods = ["daemon", "web", "leaving"].slice(0, pick(3) + pick(2)).map((kind) =>
    aPod({
      name: `${node.name}-${kind}`,
      node: node.name,
      controller: kind === "daemon" ? { apiVersion: "apps/v1", kind: "DaemonSet", name: "ds", uid: "1" } : null,
      deletingSince: kind === "leaving" ? choose(pick, NOW - MINUTE, NOW - HOUR) : null,
    }),
  );
  const listedFor = usually(pick, order, "earlier");
  return [[node.name, { order: listedFor, pods: new Map(pods.map((pod) => [pod.uid, pod])) }]];
}

function anyAnswers(pick: Pick, pods: readonly Pod[]): readonly (readonly [string, EvictionAnswer])[] {
  return pods
    .filter(() => pick(3) === 0)
    .map(({ uid }) => {
      const kind = choose(pick, "refused" as const, "refused" as const, "misconfigured" as const, "wait" as const);
      const retryAt = choose(pick, NOW + MINUTE, NOW - MINUTE);
      return [uid, anAnswer({ podUid: uid, kind, budgets: kind === "refused" ? ["web/web"] : [], retryAt })] as const;
    });
}

function anyDecisions(
  pick: Pick,
  snapshot: Snapshot,
  policy: Policy | undefined,
  node: string,
): readonly (readonly [string, Decision])[] {
  const member = memberOf(snapshot, policy, node);
  if (member === null || !rarely(pick, 6)) return [];
  const verb = choose<Verb>(pick, ...VERBS);
  const validUntil = choose(pick, NOW + HOUR, NOW - MINUTE);
  const bound = [{ node, digest: nodeDigest(member) }];
  const judgement = aJudgement({ at: NOW - MINUTE, validUntil, bound, blockers: verb === "force" ? ["web/web"] : [] });
  const name = `decision-${node}`;
  const targets = [{ node, digest: null }];
  return [[name, aDecision({ name, verb, targets, judgement: choose(pick, judgement, judgement, null) })]];
}

function anyInFlight(pick: Pick, names: readonly string[]): ReadonlySet<StepKey> {
  if (pick(2) === 0) return new Set();
  const keys = [
    "fleet",
    "decision",
    ...names.flatMap((name) => [`reboot/${name}`, `node/${name}`, `pods/${name}`, `pod/uid-${name}-web`]),
  ];
  return new Set(keys.filter(() => pick(4) === 0));
}
