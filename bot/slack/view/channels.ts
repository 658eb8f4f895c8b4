import type { Policy, Pool } from "../../core/policy/policy.ts";

/** Every channel that the policy speaks in, its own first. */
export function channelsOf(policy: Policy): readonly string[] {
  return [...new Set([policy.slackChannel, ...policy.pools.map(({ slackChannel }) => slackChannel)].flatMap(present))];
}

/** Where a pool's nodes are shown; null is nowhere. A node without a pool is shown too: nobody else would miss it. */
export function channelOf(policy: Policy, pool: Pool | null): string | null {
  return pool === null ? (channelsOf(policy)[0] ?? null) : pool.slackChannel;
}

const present = (channel: string | null): readonly string[] => (channel === null ? [] : [channel]);
