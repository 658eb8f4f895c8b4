import type { Alert, GateReading, GateReadings } from "../fleet/gate.ts";
import type { Pod } from "../fleet/pod.ts";
import { gateKey } from "../gates/judge.ts";
import type { Duration } from "../instant.ts";
import type { AskedGate, Gate, PodsGate } from "../policy/policy.ts";
import { NOW } from "./now.ts";

export const ERRORS = { kind: "query", name: "errors", mustHold: "errors < 1" } as const satisfies AskedGate;
export const ALERTS: AskedGate = { kind: "alerts", name: "alerts", match: { severity: "critical" }, ignore: [] };
export const NO_BACKUP: PodsGate = {
  kind: "pods",
  name: "no backup",
  noPods: { namespace: null, matchLabels: { job: "backup" } },
};

/** What was asked so long before NOW. */
export const green = (ago: Duration): GateReading => ({
  at: NOW - ago,
  answer: { kind: "query", query: { holds: true, value: "0.4", threshold: "< 1" } },
});
export const red = (ago: Duration): GateReading => ({
  at: NOW - ago,
  answer: { kind: "query", query: { holds: false, value: "4", threshold: "< 1" } },
});
export const unreachable = (ago: Duration): GateReading => ({
  at: NOW - ago,
  answer: { kind: "unreachable", why: "Prometheus did not answer within 10 s" },
});
export const firing = (ago: Duration, ...alerts: readonly Alert["labels"][]): GateReading => ({
  at: NOW - ago,
  answer: { kind: "alerts", alerts: alerts.map((labels) => ({ labels })) },
});

/** Newest first, as they are kept. */
export const readingsOf = (gate: AskedGate, ...readings: GateReadings): ReadonlyMap<string, GateReadings> =>
  new Map([[gateKey(gate), readings]]);

export const podsFor = (gate: Gate, ...pods: readonly Pod[]): ReadonlyMap<string, ReadonlyMap<string, Pod>> =>
  new Map([[gateKey(gate), new Map(pods.map((pod) => [pod.uid, pod]))]]);
