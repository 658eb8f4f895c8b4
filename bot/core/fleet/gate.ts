import type { Instant } from "../instant.ts";

type Labels = Readonly<Record<string, string>>;

/** One alert that fires in Alertmanager, neither silenced nor inhibited. */
export interface Alert {
  readonly labels: Labels;
}

/** What a query that must hold was answered. `value` is of its left side, where it compares two things. */
export interface QueryAnswer {
  /** False for an empty answer: PromQL leaves out what does not hold. */
  readonly holds: boolean;
  /** "0.4", or "3 {instance="10.0.0.5:9100"}" for the series furthest off; null where nothing can be shown. */
  readonly value: string | null;
  /** What it must be: "< 1"; null where the query compares nothing. */
  readonly threshold: string | null;
}

/** What Alertmanager or Prometheus said. What it means for the gate is decided with the snapshot (gates/judge.ts). */
export type GateAnswer =
  | { readonly kind: "alerts"; readonly alerts: readonly Alert[] }
  | { readonly kind: "query"; readonly query: QueryAnswer }
  /** `why` is the end of a sentence, without a secret: "Prometheus at http://… did not answer within 10 s". */
  | { readonly kind: "unreachable"; readonly why: string };

export interface GateReading {
  /** When it was asked. */
  readonly at: Instant;
  readonly answer: GateAnswer;
}

/** The newest readings of one gate, newest first, two at most. */
export type GateReadings = readonly GateReading[];
