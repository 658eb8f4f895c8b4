import { afterAll, beforeAll, expect, test } from "vitest";
import { MetricsServer } from "../../test/prometheus/metrics-server.ts";
import { type Running, startPrometheus } from "../../test/prometheus/start.ts";
import { until } from "../../test/prometheus/until.ts";
import type { Gates } from "../coordinator/ports.ts";
import type { GateAnswer } from "../core/fleet/gate.ts";
import { endpointOf } from "./endpoint.ts";
import { gateReader } from "./gate-reader.ts";
import { queryGate } from "./testing/asked-gates.ts";

const METRICS = `
errors 0
lag{node="a"} 0.25
lag{node="b"} 3.14159265
lag{node="c"} 2
quoted{path="C:\\\\one \\"two\\""} 7
temperature NaN
ratio +Inf
going{node="a"} 1
`;

let metrics: MetricsServer;
let prometheus: Running;
let gates: Gates;

const read = (mustHold: string): Promise<GateAnswer> => gates.read(queryGate(mustHold));

beforeAll(async () => {
  metrics = await MetricsServer.start(METRICS);
  prometheus = await startPrometheus({ targets: [metrics.target] });
  const options = { url: prometheus.url, tokenFile: undefined, caFile: undefined };
  gates = gateReader({ prometheus: endpointOf("Prometheus", options), alertmanager: null });
  await until(
    () => read("going"),
    (answer) => answer.kind === "query" && answer.query.holds,
  );
}, 120_000);

afterAll(async () => {
  await Promise.all([prometheus?.stop(), metrics?.stop()]);
});

test.each<readonly [string, string, boolean, string | null, string | null]>([
  ["it holds", "sum(lag) < 10", true, "5.392", "< 10"],
  ["it does not hold: an empty answer", "sum(lag) < 1", false, "5.392", "< 1"],
  ["a value of 0 holds", "sum(errors) < 1", true, "0", "< 1"],
  ["a value of 0 holds also for equality", "sum(errors) == 0", true, "0", "== 0"],
  ["nothing has that name: it does not hold", "sum(no_such_metric) < 1", false, null, "< 1"],
  ["or vector(0) makes nothing a 0", "(sum(no_such_metric) or vector(0)) < 1", true, "0", "< 1"],
  ["the largest is furthest below a limit", "max by (node) (lag) < 1", true, '3.142 {node="b"}', "< 1"],
  ["the smallest is furthest above a limit", "max by (node) (lag) >= 5", false, '0.25 {node="a"}', ">= 5"],
  ["of all the one that is furthest off decides", "max(lag) < 3", false, "3.142", "< 3"],
  ["a series comes with its labels", 'lag{node="c"} > 1', true, '2 {job="test", node="c"}', "> 1"],
  ["quotes in labels", "max by (path) (quoted) < 8", true, '7 {path="C:\\\\one \\"two\\""}', "< 8"],
  ["another series on the right", "sum(errors) < on () sum(lag)", true, "0", "< sum(lag)"],
  ["parentheses, comments and line breaks", "# why\n( sum(errors)\n  < # limit\n  1 )", true, "0", "< 1"],
  ["no number is below nothing", "max(temperature) < 1", false, "NaN", "< 1"],
  ["infinity", "max(ratio) < 1", false, "+Inf", "< 1"],
  ["bool says no by a 0", "sum(lag) < bool 1", false, "5.392", "< 1"],
  ["bool says yes by a 1", "(sum(lag) < bool 10)", true, "5.392", "< 10"],
  ["bool wants all series to say yes", "max by (node) (lag) < bool 3", false, '3.142 {node="b"}', "< 3"],
  ["bool of nothing does not hold", "no_such_metric < bool 1", false, null, "< 1"],
  ["a scalar of 0 does not hold", "1 - 1", false, "0", null],
  ["another scalar holds", "2", true, "2", null],
  ["a comparison of scalars that holds", "scalar(errors) < bool 1", true, "0", "< 1"],
  ["a comparison of scalars that does not", "scalar(errors) > bool 1", false, "0", "> 1"],
  ["scalar() of nothing does not hold", "scalar(no_such_metric)", false, "NaN", null],
  ["what compares nothing holds with a series", "max(errors)", true, "0", null],
  ["what compares nothing does not hold without one", "no_such_metric", false, null, null],
  ["absence", "absent(no_such_metric)", true, "1", null],
  ["two comparisons joined: both hold", "sum(errors) < 1 and sum(lag) < 10", true, "0", null],
  ["two comparisons joined: one does not", "sum(errors) < 1 and sum(lag) < 1", false, null, null],
])("%s", async (_, mustHold, holds, value, threshold) => {
  expect(await read(mustHold)).toEqual({ kind: "query", query: { holds, value: expectedValue(value), threshold } });
});

/** Series that keep their labels have the scrape's own, too. */
function expectedValue(value: string | null): unknown {
  return value?.includes('job="test"')
    ? expect.stringMatching(/^2 \{instance="127\.0\.0\.1:\d+", job="test", node="c"\}$/)
    : value;
}

test.each([
  ["a syntax error", "sum(lag <", /^Prometheus at URL refuses the query: .*parse error: /],
  ["an unknown function", "no_such_function(lag) < 1", /^Prometheus at URL refuses the query: .*unknown function/],
  ["a comparison of scalars without bool", "1 < 2", /^Prometheus at URL refuses the query: .*must use BOOL modifier/],
  ["many on both sides", "lag < on () group_left () lag", /^Prometheus at URL refuses the query: .*many-to-many/],
  ["a range", "lag[5m]", /^Prometheus at URL answered with a range of values: the query must give an instant vector/],
  ["a text", '"lag"', /^Prometheus at URL answered with a string: the query must give an instant vector/],
])("%s is an error of the policy's query", async (_, mustHold, expected) => {
  const answer = await read(mustHold);
  const why = answer.kind === "unreachable" ? answer.why.replace(prometheus.url, "URL") : answer.kind;
  expect(why).toMatch(expected);
});

test("a series that is no longer there does not hold any more", async () => {
  metrics.set(METRICS.replace("going", "gone"));
  const answer = await until(
    () => read("max(going) > 0"),
    (found) => found.kind === "query" && !found.query.holds,
  );
  expect(answer).toEqual({ kind: "query", query: { holds: false, value: null, threshold: "> 0" } });
});
