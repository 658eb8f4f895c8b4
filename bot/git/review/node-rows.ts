import type { Effect, NodeEffect } from "../../core/effect/effect.ts";
import type { Side } from "../../core/effect/side.ts";
import type { Forecast } from "../../core/forecast/forecast.ts";
import { forecastText } from "../../core/forecast/forecast-text.ts";
import { wallClock } from "../../core/instant.ts";
import { clipped } from "./markdown.ts";

/** What changes for one node, or for several that it is the same for, as plain texts. */
export interface NodeRow {
  readonly nodes: string;
  readonly before: string;
  readonly after: string;
}

/** More nodes than that are told by what they have in common. */
const SINGLE_MOST = 30;
const SENTENCE_MOST = 240;

/** Of the nodes that change; without a policy in force, of those that would be rebooted. */
export function nodeRows(effect: Effect): readonly NodeRow[] {
  const changed = effect.nodes.filter(({ isMoved, shift, after }) =>
    effect.inForce === undefined ? after.forecast !== null : isMoved || shift !== null,
  );
  const isLong = changed.length > SINGLE_MOST;
  const groups = Map.groupBy(changed, (node) => (isLong ? kindOf(node) : exactly(node, effect)));
  return [...groups.values()].map((nodes) => rowOf(nodes, effect));
}

/** All but the very minutes. */
function kindOf({ before, after, shift }: NodeEffect): string {
  const side = (one: Side | null): readonly unknown[] => [
    placeOf(one),
    one?.forecast?.kind,
    one?.forecast?.kind === "waits" ? one.forecast.why.kind : null,
    one?.forecast?.kind === "starts" && one.forecast.ifApproved,
    one?.stepsAside,
  ];
  return JSON.stringify([side(before), side(after), shift]);
}

const exactly = (node: NodeEffect, effect: Effect): string =>
  JSON.stringify([sideText([node.before], effect), sideText([node.after], effect)]);

function rowOf(nodes: readonly NodeEffect[], effect: Effect): NodeRow {
  return {
    nodes: namesText(nodes.map(({ node }) => node)),
    before: sideText(
      nodes.map(({ before }) => before),
      effect,
    ),
    after: sideText(
      nodes.map(({ after }) => after),
      effect,
    ),
  };
}

/** "worker-001, worker-002, worker-003 and 37 more" */
function namesText(names: readonly string[]): string {
  if (names.length <= 4) return names.join(", ");
  return `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
}

function sideText(sides: readonly (Side | null)[], { proposed, at }: Effect): string {
  const [first] = sides;
  if (first === undefined || first === null) return "";
  const text = aheadText(
    sides.flatMap((side) => side?.forecast ?? []),
    (found) => forecastText(found, proposed.timeZone, at),
  );
  const range = rangeText(
    sides.flatMap((side) => side?.forecast ?? []),
    (instant) => wallClock(instant, proposed.timeZone, at),
  );
  const aside = first.stepsAside === null ? "" : `steps aside (${first.stepsAside}), then `;
  return `${placeOf(first)}: ${aside}${clipped(range ?? text, SENTENCE_MOST)}`;
}

const placeOf = (side: Side | null): string => {
  if (side?.pool == null) return "no pool";
  return `${side.pool.name}, ${side.pool.mode}`;
};

const aheadText = ([first]: readonly Forecast[], text: (found: Forecast) => string): string =>
  first === undefined ? "needs no reboot" : text(first);

/** Of several that start: from the first to the last of them. Null where one sentence fits all. */
function rangeText(all: readonly Forecast[], at: (instant: number) => string): string | null {
  const starting = all.flatMap((one) => (one.kind === "starts" ? [one] : []));
  if (starting.length < 2) return null;
  const starts = starting.map((one) => one.at);
  const [first, last] = [Math.min(...starts), Math.max(...starts)];
  if (first === last) return null;
  const ifApproved = starting.some((one) => one.ifApproved) ? ", if approved" : "";
  const ends = Math.max(...starting.map((one) => one.ends));
  return `would reboot one after the other, ${at(first)} to ${at(last)}${ifApproved}, all done by about ${at(ends)}`;
}
