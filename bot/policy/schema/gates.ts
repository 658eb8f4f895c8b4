import { z } from "zod";
import type { Gate } from "../../core/policy/policy.ts";
import { podMatch } from "./drain.ts";
import { exactlyOne, list, mapping, must, pattern, text } from "./must.ts";

const alertLabels = z
  .record(
    pattern(/^[A-Za-z_][A-Za-z0-9_]*$/, "a label of alerts, such as severity"),
    text("a label's value, such as critical"),
    must("a mapping of labels of alerts, such as { severity: critical }"),
  )
  .refine((match) => Object.keys(match).length > 0, "must have at least one label, such as severity: critical")
  .meta({ minProperties: 1 });

const alerts = mapping({
  match: alertLabels.describe("Labels that an alert has that closes the gate, all of them."),
  ignore: list(text("an alert's name"), "a list of alerts' names").prefault([]).describe("Alerts that never count."),
});

const one = exactlyOne(["alerts", "mustHold", "noPods"]);

export const gateShape = {
  name: text("a name, such as no alerts").describe("What it is called where people read why a node waits."),
  alerts: alerts.optional().describe("Closed while such an alert fires in Alertmanager."),
  mustHold: z
    .string(must("a PromQL expression"))
    .regex(/\S/, must("a PromQL expression"))
    .optional()
    .describe("A PromQL expression that must hold in Prometheus."),
  noPods: podMatch().optional().describe("Closed while such a pod runs on the node itself."),
};

export const gate = () =>
  mapping(gateShape)
    .refine(one.rule, one.parameters)
    .transform((written, context): Gate => {
      const { name, alerts: firing, mustHold, noPods } = written;
      if (firing !== undefined) return { kind: "alerts", name, ...firing };
      if (mustHold !== undefined) return { kind: "query", name, mustHold };
      if (noPods !== undefined) return { kind: "pods", name, noPods };
      context.addIssue({ code: "custom", message: "must have a kind" });
      return z.NEVER;
    })
    .meta(one.meta);
