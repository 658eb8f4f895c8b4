import type { Effect, NodeEffect } from "../../core/effect/effect.ts";
import { openingsText } from "../../core/effect/openings.ts";
import type { Side } from "../../core/effect/side.ts";
import { voidedTexts } from "../../core/effect/voided-text.ts";
import { forecastText } from "../../core/forecast/forecast-text.ts";
import type { Instant } from "../../core/instant.ts";
import { listed } from "../../core/listed.ts";
import type { Policy } from "../../core/policy/policy.ts";

/** The effect for a terminal: every node with what holds it, and beside that what differs under the policy in force. */
export function effectText(effect: Effect): readonly string[] {
  return [
    inForceLine(effect.inForce),
    ...effect.warnings.map((says) => `Warning: ${says}`),
    ...effect.nodes.flatMap((node) => nodeLines(node, effect)),
    ...windowLines(effect),
    ...voidedTexts(effect).map((says) => `Void: ${says}`),
    ...(effect.unreadGates.length === 0
      ? []
      : [`Not read yet, and taken for open here: ${listed(effect.unreadGates)}.`]),
    ...effect.pools
      .filter(({ kind }) => kind === "gone")
      .map(({ name, nodes }) => `Pool ${name} is gone, with ${nodes.length} nodes until now.`),
  ];
}

function inForceLine(inForce: Policy | undefined): string {
  if (inForce === undefined) return "No policy is in force on this cluster.";
  return `In force is ${inForce.commit === null ? "from a file" : inForce.commit.slice(0, 7)}.`;
}

function nodeLines({ node, after, before }: NodeEffect, { proposed, at }: Effect): readonly string[] {
  const place = placeOf(after);
  const placeNow = before === null ? place : placeOf(before);
  const text = aheadText(after, proposed.timeZone, at);
  const textNow = before === null ? null : aheadText(before, proposed.timeZone, at);
  return [
    `${node}: ${place}${placeNow === place ? "" : ` (in force: ${placeNow})`}`,
    ...after.holds.map(({ kind, says }) => `  ${kind}: ${says}`),
    ...(after.stepsAside === null ? [] : [`  steps aside: ${after.stepsAside}`]),
    ...(text === null ? [] : [`  ${text}`]),
    ...(textNow === null || textNow === text ? [] : [`  in force: ${textNow}`]),
  ];
}

const placeOf = ({ pool }: Side): string => (pool === null ? "no pool" : `${pool.name}, ${pool.mode}`);

const aheadText = ({ forecast }: Side, zone: string, at: Instant): string | null =>
  forecast === null ? null : forecastText(forecast, zone, at);

function windowLines({ pools, proposed, at }: Effect): readonly string[] {
  return pools.flatMap(({ name, openings }) => {
    if (openings === null) return [];
    const shown = (side: typeof openings.before): string => openingsText(side, proposed.timeZone, at);
    return [`Window of ${name}: ${shown(openings.after)} (in force: ${shown(openings.before)})`];
  });
}
