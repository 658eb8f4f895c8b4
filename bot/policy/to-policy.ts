import type { PolicyOrigin } from "../core/policy/origin.ts";
import {
  type Group,
  type May,
  type Person,
  POOL_DEFAULTS,
  type Policy,
  type Pool,
  RIGHT_DEFAULTS,
} from "../core/policy/policy.ts";
import { APPROVERS } from "./checks/people.ts";
import type { WrittenPolicy, WrittenPool } from "./schema/policy.ts";

/** What the core works with, of a policy that was checked whole. */
export function toPolicy(written: WrittenPolicy, origin: PolicyOrigin): Policy {
  const { cluster, timeZone, maxRebooting, slack, freezes, gates, pools } = written;
  const people = peopleOf(written);
  const mention = slack?.mention;
  return {
    ...origin,
    cluster,
    timeZone,
    maxRebooting,
    people,
    groups: groupsOf(written, people),
    slackChannel: slack?.channel ?? null,
    mention: {
      approval: mention?.approval ?? null,
      blocked: mention?.blocked ?? null,
      failed: mention?.failed ?? null,
      overdue: mention?.overdue ?? null,
    },
    freezes: freezes.map((freeze) => ({ ...freeze, pools: freeze.pools ?? null })),
    gates,
    pools: pools.map((pool) => toPool(pool, written)),
  };
}

function peopleOf({ people }: WrittenPolicy): ReadonlyMap<string, Person> {
  const entries = Object.entries(people);
  return new Map(
    entries.map(([name, { slack, kubernetes }]) => [
      name,
      { name, slack: slack ?? null, kubernetes: kubernetes ?? null },
    ]),
  );
}

function groupsOf({ groups, slack }: WrittenPolicy, people: ReadonlyMap<string, Person>): ReadonlyMap<string, Group> {
  const result = new Map<string, Group>(Object.entries(groups).map(([name, group]) => [name, { name, ...group }]));
  if (slack?.approvers === undefined) return result;
  const linked = new Map([...people.values()].map((person) => [person.slack, person.name]));
  const names = slack.approvers.map((id) => linked.get(id) ?? `slack:${id}`);
  return result.set(APPROVERS, { name: APPROVERS, people: names, slackGroups: [], kubernetesGroups: [] });
}

/** A pool's own key, else that of `defaults`, else what counts without a word. */
function toPool(pool: WrittenPool, { defaults = {}, slack }: WrittenPolicy): Pool {
  const usual = POOL_DEFAULTS;
  return {
    name: pool.name,
    matchLabels: pool.nodes?.matchLabels ?? null,
    mode: pool.mode ?? defaults.mode ?? usual.mode,
    after: pool.after ?? defaults.after ?? usual.after,
    quorum: pool.quorum ?? defaults.quorum ?? usual.quorum,
    windows: pool.windows ?? defaults.windows ?? "always",
    slackChannel: pool.slack?.channel ?? defaults.slack?.channel ?? slack?.channel ?? usual.slackChannel,
    maxUnavailable: pool.maxUnavailable ?? defaults.maxUnavailable ?? usual.maxUnavailable,
    spreadOver: pool.spreadOver ?? defaults.spreadOver ?? usual.spreadOver,
    may: toMay(pool.may ?? defaults.may, slack?.approvers !== undefined),
    drain: pool.drain ?? defaults.drain ?? usual.drain,
    hooks: pool.hooks ?? defaults.hooks ?? usual.hooks,
    reboot: pool.reboot ?? defaults.reboot ?? usual.reboot,
    verify: pool.verify ?? defaults.verify ?? usual.verify,
    overdue: pool.overdue ?? defaults.overdue ?? usual.overdue,
    nodeLabels: pool.nodeLabels ?? defaults.nodeLabels ?? usual.nodeLabels,
    discourageScheduling: pool.discourageScheduling ?? defaults.discourageScheduling ?? usual.discourageScheduling,
  };
}

function toMay(written: WrittenPool["may"], hasApprovers: boolean): May {
  if (written === undefined && hasApprovers) return RIGHTS_OF_APPROVERS;
  const { approve, now, force, skip, other } = written ?? {};
  return { approve: approve ?? null, now: now ?? null, force: force ?? null, skip: skip ?? null, other: other ?? null };
}

/** Everything but force, which takes two people. */
const RIGHTS_OF_APPROVERS: May = {
  approve: { by: APPROVERS, ...RIGHT_DEFAULTS.approve },
  now: { by: APPROVERS },
  force: null,
  skip: { by: APPROVERS, ...RIGHT_DEFAULTS.skip },
  other: { by: APPROVERS },
};
