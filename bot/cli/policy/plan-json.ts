import type { Effect } from "../../core/effect/effect.ts";
import type { Openings } from "../../core/effect/openings.ts";
import type { Side } from "../../core/effect/side.ts";
import { openingTimes } from "../../core/policy/opening-text.ts";
import type { Opening } from "../../core/policy/window.ts";
import { forecastJson } from "../explain.ts";

/** The shape is documented in docs/cli.md. */
export function effectJson({ nodes, pools, inForce, warnings, unreadGates }: Effect) {
  return {
    inForce: inForce === undefined ? null : { cluster: inForce.cluster, commit: inForce.commit },
    warnings,
    nodes: nodes.map(({ node, before, after, voids }) => ({
      node,
      before: before && sideJson(before),
      after: sideJson(after),
      voids: voids.filter(({ verb }) => verb === "approve").map(({ person }) => person),
    })),
    voided: nodes.flatMap(({ node, voids }) => voids.map(({ verb, person, why }) => ({ node, verb, person, why }))),
    windows: pools.flatMap(({ name, openings }) =>
      openings === null
        ? []
        : [{ pool: name, before: openingsJson(openings.before), after: openingsJson(openings.after) }],
    ),
    emptyPools: pools.filter(({ kind, nodes: taken }) => kind !== "gone" && taken.length === 0).map(({ name }) => name),
    unreadGates,
  };
}

const sideJson = ({ pool, holds, forecast, stepsAside }: Side) => ({
  pool: pool?.name ?? null,
  mode: pool?.mode ?? null,
  holds: holds.map(({ kind, says }) => ({ kind, says })),
  forecast: forecast && forecastJson(forecast),
  stepsAside,
});

function openingsJson(openings: Openings | null) {
  if (openings === null) return null;
  return openings.kind === "opens" ? { kind: openings.kind, ...endsJson(openings.opening) } : { kind: openings.kind };
}

/** An end that there is none of is null. */
function endsJson({ opens, closes }: Opening) {
  const [hasStart, hasEnd] = [Number.isFinite(opens), Number.isFinite(closes)];
  const times = openingTimes({ opens: hasStart ? opens : 0, closes: hasEnd ? closes : 0 });
  return { opens: hasStart ? times.opens : null, closes: hasEnd ? times.closes : null };
}
