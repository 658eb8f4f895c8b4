import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";

/** What is read when somebody asks. */
export interface Readings {
  readonly slackSockets: () => number;
  readonly slackWaiting: () => number;
  readonly isLeader: () => boolean;
}

export interface Metrics {
  /** In Prometheus's text format. */
  text(): Promise<{ readonly body: string; readonly contentType: string }>;
  /** `outcome` is "ok" or Slack's error. */
  countSlackCall(method: string, outcome: string): void;
  /** Of GitHub's webhook. */
  countDelivery(outcome: string): void;
}

/** The names are documented in docs/running.md. */
export function metricsOf({ slackSockets, slackWaiting, isLeader }: Readings): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  };
  gauge("bootswain_slack_sockets", "Socket Mode connections to Slack that are up; two are wanted.", slackSockets);
  gauge("bootswain_slack_waiting_messages", "Messages that Slack does not show yet as they should be.", slackWaiting);
  gauge("bootswain_is_leader", "1 on the replica that leads, 0 on the others.", () => (isLeader() ? 1 : 0));
  const calls = new Counter({
    name: "bootswain_slack_calls_total",
    help: "Calls of Slack's web API, by method and by what came of them: ok, unanswered, or Slack's error.",
    labelNames: ["method", "outcome"],
    registers: [registry],
  });
  const deliveries = new Counter({
    name: "bootswain_webhook_deliveries_total",
    help: "What came to GitHub's webhook, by what came of it: told, other, ping, repeated, or why it was refused.",
    labelNames: ["outcome"],
    registers: [registry],
  });
  return {
    text: async () => ({ body: await registry.metrics(), contentType: registry.contentType }),
    countSlackCall: (method, outcome) => calls.inc({ method, outcome }),
    countDelivery: (outcome) => deliveries.inc({ outcome }),
  };
}
