import type { RequestListener } from "node:http";
import { expect, test } from "vitest";
import type { GateAnswer } from "../core/fleet/gate.ts";
import { type EndpointOptions, endpointOf } from "./endpoint.ts";
import { gateReader } from "./gate-reader.ts";
import { alertsGate, queryGate } from "./testing/asked-gates.ts";
import { lyingServer, saying } from "./testing/lying-server.ts";

const PLENTY = 20_000;
const QUERY = queryGate("sum(errors) < 1");
const ALERTS = alertsGate({ severity: "critical" });

function readerOf(options: Partial<EndpointOptions>, deadline = PLENTY) {
  const all = { url: undefined, tokenFile: undefined, caFile: undefined, ...options };
  const [prometheus, alertmanager] = [endpointOf("Prometheus", all), endpointOf("Alertmanager", all)];
  return gateReader({ prometheus, alertmanager, deadline });
}

/** Without the address, which differs from run to run. */
function whyOf(answer: GateAnswer): string {
  expect(answer.kind).toBe("unreachable");
  return answer.kind === "unreachable" ? answer.why.replaceAll(/127\.0\.0\.1:\d+/g, "HOST") : "";
}

const redirect =
  (location: string): RequestListener =>
  (_, response) =>
    response.writeHead(302, { location }).end();

const html = "<!doctype html><title>Sign in</title>";

test.each<readonly [string, RequestListener, string]>([
  [
    "a page for people",
    saying(html, { type: "text/html; charset=utf-8" }),
    "answered with text/html: is this Prometheus?",
  ],
  ["no JSON", saying("{"), "answered with what is no JSON: is this Prometheus?"],
  ["nothing", saying(""), "answered with what is no JSON: is this Prometheus?"],
  ["another program's JSON", saying({ hello: 1 }), "answered with JSON of another shape: is this Prometheus?"],
  [
    "an error that calls itself fine",
    saying({ status: "error", error: "no" }),
    "answered with JSON of another shape: is this Prometheus?",
  ],
  [
    "a series without a value",
    saying({ status: "success", data: { resultType: "vector", result: [{ metric: {} }] } }),
    "answered with JSON of another shape: is this Prometheus?",
  ],
  [
    "401",
    saying("no", { status: 401 }),
    "answered with HTTP 401: check the token (none was sent; see --prometheus-token-file)",
  ],
  [
    "403",
    saying("no", { status: 403 }),
    "answered with HTTP 403: check the token (none was sent; see --prometheus-token-file)",
  ],
  [
    "404",
    saying("404 page not found", { status: 404, type: "text/plain" }),
    "answered with HTTP 404: check the path in its address",
  ],
  [
    "400 with a reason",
    saying({ status: "error", error: "parse error." }, { status: 400 }),
    "refuses the query: parse error",
  ],
  [
    "422 with a reason",
    saying({ status: "error", error: "many-to-many" }, { status: 422 }),
    "refuses the query: many-to-many",
  ],
  [
    "400 of a server that expects TLS",
    saying("Client sent an HTTP request to an HTTPS server.\n", { status: 400, type: "text/plain" }),
    "answered with HTTP 400: Client sent an HTTP request to an HTTPS server",
  ],
  ["400 without a reason", saying(html, { status: 400, type: "text/html" }), "answered with HTTP 400"],
  ["500 with a page", saying(html, { status: 500, type: "text/html" }), "answered with HTTP 500"],
  [
    "503 while it starts",
    saying("Service Unavailable", { status: 503, type: "text/plain" }),
    "answered with HTTP 503: Service Unavailable",
  ],
  ["204", saying("", { status: 204 }), "answered with HTTP 204"],
  [
    "a redirect to a login, whose query may be secret",
    redirect("https://login.example.com/start?state=s3cret"),
    "answered with a redirect to https://login.example.com/start (HTTP 302), which is not followed: give the address of Prometheus itself",
  ],
  [
    "a redirect on the same host",
    redirect("/prometheus/graph"),
    "answered with a redirect to http://HOST/prometheus/graph (HTTP 302), which is not followed: give the address of Prometheus itself",
  ],
  [
    "a redirect to nowhere",
    (_, response) => response.writeHead(302).end(),
    "answered with a redirect to nowhere (HTTP 302), which is not followed: give the address of Prometheus itself",
  ],
  ["more than 4 MiB", saying("x".repeat(5_000_000)), "answered with more than 4 MiB"],
  [
    "a stream without an end",
    (_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
      };
      response.on("drain", more);
      more();
    },
    "answered with more than 4 MiB",
  ],
  ["a cut before the answer", (request) => request.socket.destroy(), "cut the connection before its answer was whole"],
  [
    "a cut in the answer",
    (_, response) => {
      response.writeHead(200, { "content-length": 1_000 });
      response.write("{", () => response.destroy());
    },
    "cut the connection before its answer was whole",
  ],
  [
    "no HTTP",
    ({ socket }) => socket.end("SSH-2.0-OpenSSH_9.2\r\n"),
    "does not speak HTTP (HPE_INVALID_CONSTANT): is the port right, and is it https?",
  ],
])("%s is no answer", async (_, listener, expected) => {
  await using server = await lyingServer(listener);
  expect(whyOf(await readerOf({ url: server.url }).read(QUERY))).toBe(`Prometheus at http://HOST ${expected}`);
});

test.each<readonly [string, RequestListener]>([
  ["a server that says nothing", () => {}],
  ["a server that stops in its answer", (_, response) => void response.writeHead(200).write("{")],
  [
    "a server that never ends its answer",
    (_, response) => {
      const timer = setInterval(() => response.write(" "), 5);
      response.on("close", () => clearInterval(timer));
    },
  ],
])("%s is given up at the deadline", async (_, listener) => {
  await using server = await lyingServer(listener);
  const reader = readerOf({ url: server.url }, 100);
  expect(whyOf(await reader.read(QUERY))).toBe("Prometheus at http://HOST did not answer within 0.1 s");
  expect(whyOf(await reader.read(ALERTS))).toBe("Alertmanager at http://HOST did not answer within 0.1 s");
});

test("nobody listens", async () => {
  const server = await lyingServer(() => {});
  await server[Symbol.asyncDispose]();
  expect(whyOf(await readerOf({ url: server.url }).read(ALERTS))).toBe(
    "Alertmanager at http://HOST refuses connections",
  );
});

test("no endpoint is configured", async () => {
  const reader = readerOf({});
  expect(whyOf(await reader.read(QUERY))).toBe(
    "the policy has a gate on Prometheus, and the bot was started without --prometheus",
  );
  expect(whyOf(await reader.read(ALERTS))).toBe(
    "the policy has a gate on Alertmanager, and the bot was started without --alertmanager",
  );
});

test("the API is below the path of the endpoint", async () => {
  await using server = await lyingServer(saying([]));
  await readerOf({ url: `${server.url}/monitoring/` }).read(alertsGate({ severity: "critical", path: 'a"\\\n' }));
  const asked = new URL(server.heard[0]?.url ?? "", server.url);
  expect(asked.pathname).toBe("/monitoring/api/v2/alerts");
  expect([...asked.searchParams]).toEqual([
    ["active", "true"],
    ["silenced", "false"],
    ["inhibited", "false"],
    ["unprocessed", "false"],
    ["filter", 'severity="critical"'],
    ["filter", 'path="a\\"\\\\\\n"'],
  ]);
});

const listed = (name: string, status = {}, labels = {}) => ({
  labels: { alertname: name, severity: "critical", ...labels },
  status: { state: "active", silencedBy: [], inhibitedBy: [], ...status },
});

test("a server that ignores the parameters is not believed", async () => {
  const answer = [
    listed("Fires"),
    listed("Silenced", { state: "suppressed", silencedBy: ["1"] }),
    listed("SilencedAndActive", { silencedBy: ["1"] }),
    listed("Inhibited", { inhibitedBy: ["1"] }),
    listed("Unprocessed", { state: "unprocessed" }),
    listed("Minor", {}, { severity: "warning" }),
    listed("Watchdog"),
  ];
  await using server = await lyingServer(saying(answer));
  const read = await readerOf({ url: server.url }).read(alertsGate({ severity: "critical" }, ["Watchdog"]));
  expect(read).toEqual({ kind: "alerts", alerts: [{ labels: { alertname: "Fires", severity: "critical" } }] });
});

test.each<readonly [string, unknown]>([
  ["no list", { data: [] }],
  ["an alert without a status", [{ labels: {} }]],
  ["a state that nobody knows", [listed("Fires", { state: "odd" })]],
  ["labels that are no text", [listed("Fires", {}, { n: 1 })]],
])("Alertmanager's answer is refused whole: %s", async (_, answer) => {
  await using server = await lyingServer(saying(answer));
  expect(whyOf(await readerOf({ url: server.url }).read(ALERTS))).toBe(
    "Alertmanager at http://HOST answered with JSON of another shape: is this Alertmanager?",
  );
});

const vector = (value: string) => ({
  status: "success",
  warnings: ["a store did not answer"],
  data: { resultType: "vector", result: [{ metric: {}, value: [1, value] }] },
});

test("the reading stands when what is compared can't be read, and in spite of warnings", async () => {
  await using server = await lyingServer((request, response) => {
    const isWhole = new URL(request.url ?? "", "http://x").searchParams.get("query") === "sum(errors) < 1";
    saying(isWhole ? vector("0") : "busy", { status: isWhole ? 200 : 503 })(request, response);
  });
  expect(await readerOf({ url: server.url }).read(QUERY)).toEqual({
    kind: "query",
    query: { holds: true, value: null, threshold: "< 1" },
  });
});

test("a native histogram is an answer, and no number", async () => {
  const histogram = [1, { count: "3", sum: "1.5", buckets: [] }];
  const answer = { status: "success", data: { resultType: "vector", result: [{ metric: {}, histogram }] } };
  await using server = await lyingServer(saying(answer));
  expect(await readerOf({ url: server.url }).read(queryGate("latency"))).toEqual({
    kind: "query",
    query: { holds: true, value: null, threshold: null },
  });
});
