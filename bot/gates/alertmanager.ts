import { z } from "zod";
import type { Alert, GateAnswer } from "../core/fleet/gate.ts";
import type { Duration } from "../core/instant.ts";
import type { AskedGate } from "../core/policy/policy.ts";
import { ask } from "./ask.ts";
import type { Endpoint } from "./endpoint.ts";

type AlertsGate = Extract<AskedGate, { kind: "alerts" }>;

/** GET /api/v2/alerts: https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml */
const answerShape = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    status: z.object({
      state: z.enum(["active", "suppressed", "unprocessed"]),
      silencedBy: z.array(z.string()),
      inhibitedBy: z.array(z.string()),
    }),
  }),
);
type Listed = z.infer<typeof answerShape>[number];

/** The alerts that fire, neither silenced nor inhibited, and are those that the gate names. */
export async function readAlerts(endpoint: Endpoint, gate: AlertsGate, deadline: Duration): Promise<GateAnswer> {
  const parameters = [
    ["active", "true"],
    ["silenced", "false"],
    ["inhibited", "false"],
    ["unprocessed", "false"],
    ...Object.entries(gate.match).map(([name, value]) => ["filter", `${name}="${escaped(value)}"`] as const),
  ] as const;
  const asked = await ask(endpoint, { path: "api/v2/alerts", parameters }, answerShape, deadline);
  if (!asked.ok) return { kind: "unreachable", why: asked.why };
  const alerts = asked.answer.filter((one) => closes(one, gate)).map(({ labels }): Alert => ({ labels }));
  return { kind: "alerts", alerts };
}

/** Asked for, and looked at once more: what stands in for Alertmanager may not know every parameter. */
function closes({ labels, status }: Listed, { match, ignore }: AlertsGate): boolean {
  const isActive = status.state === "active" && status.silencedBy.length === 0 && status.inhibitedBy.length === 0;
  const isMatched = Object.entries(match).every(([name, value]) => labels[name] === value);
  return isActive && isMatched && !ignore.includes(labels["alertname"] ?? "");
}

/** These three alone: older parsers know no other escapes, newer ones take everything else as it stands. */
function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
