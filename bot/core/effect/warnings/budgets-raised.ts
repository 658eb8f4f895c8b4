import type { Amount } from "../../policy/policy.ts";
import { limitOf } from "../../room.ts";
import type { Weighed } from "../effect.ts";
import { counted, inPools } from "./in-pools.ts";

/** More nodes away at the same time than now. */
export function budgetsRaised(effect: Weighed): readonly string[] {
  const { proposed, inForce } = effect;
  const most = inForce === undefined || proposed.maxRebooting <= inForce.maxRebooting ? null : inForce.maxRebooting;
  return [
    ...(most === null
      ? []
      : [`${proposed.maxRebooting} nodes could be rebooted at a time, until now ${most} (maxRebooting).`]),
    ...inPools(effect, (before, after, { nodes }) => {
      const [from, to] = [limitOf(before.maxUnavailable, nodes.length), limitOf(after.maxUnavailable, nodes.length)];
      const isRaised = to > from || isMoreOfMore(before.maxUnavailable, after.maxUnavailable);
      const isSpread = before.spreadOver === null || after.spreadOver === before.spreadOver;
      return [
        ...(isRaised
          ? [
              `${counted(to, "node")} could be unavailable, until now ${from} (maxUnavailable ${amountText(before.maxUnavailable)} → ${amountText(after.maxUnavailable)})`,
            ]
          : []),
        ...(isSpread ? [] : [`nodes would not be spread over ${before.spreadOver} any more (spreadOver)`]),
      ];
    }),
  ];
}

/** Of a pool that is small now, and may grow. */
function isMoreOfMore(before: Amount, after: Amount): boolean {
  if (before.kind === "percent" && after.kind === "percent") return after.percent > before.percent;
  return before.kind === "count" && after.kind === "count" && after.count > before.count;
}

const amountText = (amount: Amount): string => (amount.kind === "count" ? `${amount.count}` : `${amount.percent}%`);
