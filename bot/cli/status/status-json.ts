import { refusalsOf } from "../../core/decide/digest.ts";
import { formatInstant, type Instant } from "../../core/instant.ts";
import { originOf } from "../../core/policy/origin.ts";
import { forecastJson } from "../explain.ts";
import { originJson } from "../policy-line.ts";
import { refusalJson } from "../refusal-text.ts";
import { type FleetStatus, isWell } from "./fleet-status.ts";
import type { NodeStatus } from "./node-status.ts";
import { windowJson } from "./window-now.ts";

const timeOf = (at: Instant | null): string | null => (at === null ? null : formatInstant(at));

/** The shape is documented in docs/cli.md. */
export function asJson({ snapshot, policy, now, pause, pools, poolless, attention }: FleetStatus) {
  const { fleet } = snapshot;
  const kept = fleet?.policy ?? null;
  return {
    cluster: policy?.cluster ?? null,
    at: formatInstant(now),
    paused: pause && { by: pause.by, reason: pause.reason, since: timeOf(pause.since) },
    slots: { taken: (fleet?.slots ?? []).map(({ node }) => node), most: policy?.maxRebooting ?? null },
    attention,
    pools: pools.map(({ pool, window, nodes }) => ({
      name: pool.name,
      mode: pool.mode,
      window: windowJson(window),
      nodes: nodes.map(nodeJson),
    })),
    poolless: poolless.map(nodeJson),
    gates: (fleet?.gates ?? []).map((gate) => ({ ...gate, since: formatInstant(gate.since) })),
    conditions: (fleet?.conditions ?? []).map((condition) => ({
      ...condition,
      isWell: isWell(condition),
      since: formatInstant(condition.since),
    })),
    policy: kept && {
      source: kept.source,
      ...originJson(originOf(kept)),
      valid: kept.valid,
      problems: kept.problems,
      since: formatInstant(kept.since),
    },
  };
}

function nodeJson({ planned, state, says, forecast }: NodeStatus) {
  const { situation, phase, holds } = planned;
  const { node, report, reboot } = situation;
  return {
    node: node.name,
    state,
    says,
    phase: phase.kind,
    since: timeOf(reboot?.phaseSince ?? null),
    pendingSince: timeOf(report?.pending?.since ?? null),
    holds: holds.map(({ kind, says: why, until }) => ({ kind, says: why, until: timeOf(until) })),
    blockers: refusalsOf(reboot).map(refusalJson),
    forecast: forecast && forecastJson(forecast),
  };
}
