import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { MetricsServer } from "../../test/prometheus/metrics-server.ts";
import { type Running, startAlertmanager, startPrometheus } from "../../test/prometheus/start.ts";
import { until } from "../../test/prometheus/until.ts";
import type { Gates } from "../coordinator/ports.ts";
import { HOUR } from "../core/instant.ts";
import { endpointOf } from "./endpoint.ts";
import { gateReader } from "./gate-reader.ts";
import { alertsGate } from "./testing/asked-gates.ts";

const HARD_PATH = 'C:\\disk "one", {two}\nthree\ttab é';

const RULES = [
  { alert: "Watchdog", expr: "vector(1)", labels: { severity: "none" } },
  { alert: "DiskFull", expr: "disk_full > 0", labels: { severity: "critical", team: "storage" } },
  { alert: "RaidBroken", expr: "vector(1)", labels: { severity: "critical", team: "hardware" } },
  { alert: "HardPath", expr: "vector(1)", labels: { severity: "warning", path: HARD_PATH } },
  { alert: "EasyPath", expr: "vector(1)", labels: { severity: "warning", path: "C:" } },
  { alert: "RackDown", expr: "rack_down > 0", labels: { severity: "rack" } },
  { alert: "NodeDown", expr: "vector(1)", labels: { severity: "node" } },
];
const INHIBIT_RULES = [{ source_matchers: ["alertname=RackDown"], target_matchers: ["alertname=NodeDown"] }];

const METRICS = 'disk_full{instance="10.0.0.5:9100"} 1\nrack_down 0\n';

let metrics: MetricsServer;
let alertmanager: Running;
let prometheus: Running;
let gates: Gates;

beforeAll(async () => {
  [metrics, alertmanager] = await Promise.all([
    MetricsServer.start(METRICS),
    startAlertmanager({ inhibitRules: INHIBIT_RULES }),
  ]);
  prometheus = await startPrometheus({ targets: [metrics.target], rules: RULES, alertmanager: alertmanager.url });
  const options = { url: alertmanager.url, tokenFile: undefined, caFile: undefined };
  gates = gateReader({ prometheus: null, alertmanager: endpointOf("Alertmanager", options) });
}, 120_000);

afterAll(async () => {
  await Promise.all([prometheus?.stop(), alertmanager?.stop(), metrics?.stop()]);
});

/** Each test begins with all alerts firing that begin by themselves. */
beforeEach(async () => {
  metrics.set(METRICS);
  await until(
    () => Promise.all(RULES.map(({ alert }) => named({ alertname: alert }))),
    (found) => found.flat().join() === "Watchdog,DiskFull,RaidBroken,HardPath,EasyPath,NodeDown",
  );
}, 60_000);

/** The alerts' names in their order; an answer that is none is its reason. */
async function named(match: Readonly<Record<string, string>>, ignore: readonly string[] = []): Promise<string[]> {
  const answer = await gates.read(alertsGate(match, ignore));
  if (answer.kind === "alerts") return answer.alerts.map(({ labels }) => labels["alertname"] ?? "").sort();
  return [answer.kind === "unreachable" ? answer.why : answer.kind];
}

const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
  const init = { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(`${alertmanager.url}/api/v2/${path}`, body === undefined ? { method } : init);
  expect(response.status).toBe(200);
  const text = await response.text();
  return text === "" ? null : JSON.parse(text);
};

test.each<readonly [string, Readonly<Record<string, string>>, readonly string[], readonly string[]]>([
  ["alerts with a label", { severity: "critical" }, [], ["DiskFull", "RaidBroken"]],
  ["all labels must be equal", { severity: "critical", team: "storage" }, [], ["DiskFull"]],
  ["a label that no alert has", { squad: "storage" }, [], []],
  ["a value is no pattern", { severity: "crit.*" }, [], []],
  ["a value is not compared by its beginning", { severity: "critica" }, [], []],
  ["an alert that is ignored", { severity: "critical" }, ["DiskFull"], ["RaidBroken"]],
  ["all that match are ignored", { severity: "critical" }, ["DiskFull", "RaidBroken"], []],
  ["ignoring another name changes nothing", { severity: "critical" }, ["Watchdog", "Disk"], ["DiskFull", "RaidBroken"]],
  ["a label of the series", { instance: "10.0.0.5:9100" }, [], ["DiskFull"]],
  ["quotes, backslashes, line breaks, commas and braces in a value", { path: HARD_PATH }, [], ["HardPath"]],
  ["a value that would end the filter", { severity: 'none", alertname="Watchdog' }, [], []],
  ["a value that ends with a backslash", { path: "C:\\" }, [], []],
])("%s", async (_, match, ignore, expected) => {
  expect(await named(match, ignore)).toEqual(expected);
});

test("an alert comes with all its labels", async () => {
  expect(await gates.read(alertsGate({ alertname: "DiskFull" }))).toEqual({
    kind: "alerts",
    alerts: [
      {
        labels: {
          alertname: "DiskFull",
          severity: "critical",
          team: "storage",
          instance: "10.0.0.5:9100",
          job: "test",
        },
      },
    ],
  });
});

test("a silenced alert is not seen until its silence ends", async () => {
  const now = Date.now();
  const silence = {
    matchers: [{ name: "alertname", value: "DiskFull", isRegex: false, isEqual: true }],
    startsAt: new Date(now).toISOString(),
    endsAt: new Date(now + HOUR).toISOString(),
    createdBy: "ana",
    comment: "the disk is being changed",
  };
  const made = await ask("POST", "silences", silence);
  const critical = () => named({ severity: "critical" });
  await until(critical, (found) => found.join() === "RaidBroken");
  expect(await ask("GET", "alerts?filter=alertname=DiskFull")).toMatchObject([{ status: { state: "suppressed" } }]);
  await ask("DELETE", `silence/${silenceId(made)}`);
  await until(critical, (found) => found.join() === "DiskFull,RaidBroken");
});

function silenceId(made: unknown): string {
  return (made as { silenceID: string }).silenceID;
}

test("an inhibited alert is not seen until what inhibits it ends", async () => {
  metrics.set(METRICS.replace("rack_down 0", "rack_down 1"));
  const node = () => named({ severity: "node" });
  await until(node, (found) => found.length === 0);
  expect(await named({ severity: "rack" })).toEqual(["RackDown"]);
  expect(await ask("GET", "alerts?filter=alertname=NodeDown")).toMatchObject([{ status: { state: "suppressed" } }]);
  metrics.set(METRICS);
  await until(node, (found) => found.join() === "NodeDown");
});

test("a resolved alert is gone", async () => {
  metrics.set(METRICS.replace("disk_full", "disk_fine"));
  await until(
    () => named({ severity: "critical" }),
    (found) => found.join() === "RaidBroken",
  );
});

test("Prometheus in Alertmanager's place is said", async () => {
  const options = { url: prometheus.url, tokenFile: undefined, caFile: undefined };
  const wrong = gateReader({ prometheus: null, alertmanager: endpointOf("Alertmanager", options) });
  expect(await wrong.read(alertsGate({ severity: "critical" }))).toEqual({
    kind: "unreachable",
    why: `Alertmanager at ${prometheus.url} answered with HTTP 404: check the path in its address`,
  });
});
