import type { AskedGate } from "../../core/policy/policy.ts";

export const alertsGate = (match: Readonly<Record<string, string>>, ignore: readonly string[] = []): AskedGate => ({
  kind: "alerts",
  name: "no alerts",
  match,
  ignore,
});

export const queryGate = (mustHold: string): AskedGate => ({ kind: "query", name: "errors", mustHold });
