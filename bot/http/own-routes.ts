import type { Metrics } from "./metrics.ts";
import type { Route } from "./route.ts";

const READING = ["GET", "HEAD"];

export const HEALTH: Route = {
  path: "/healthz",
  methods: READING,
  answer: async () => ({ code: 200, body: "ok\n" }),
};

export const metricsRoute = (metrics: Metrics): Route => ({
  path: "/metrics",
  methods: READING,
  answer: async () => ({ code: 200, ...(await metrics.text()) }),
});
