import { z } from "zod";
import type { GateAnswer, QueryAnswer } from "../core/fleet/gate.ts";
import type { Duration } from "../core/instant.ts";
import { type Asked, ask } from "./ask.ts";
import type { Endpoint } from "./endpoint.ts";
import { type Comparison, type Expression, readExpression } from "./expression.ts";
import { furthest, type Series, shown } from "./shown-series.ts";
import { named } from "./trouble.ts";

/** A time and a number in a string, which also says NaN, +Inf and -Inf. */
const point = z.tuple([z.number(), z.string()]).transform(([, value]) => value);

const metric = z.record(z.string(), z.string());

const series = z.union([
  z.object({ metric, value: point }).transform(({ metric: labels, value }): Series => ({ labels, value })),
  z.object({ metric, histogram: z.unknown() }).transform(({ metric: labels }): Series => ({ labels, value: null })),
]);

/** GET /api/v1/query: https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries */
const answerShape = z.object({
  status: z.literal("success"),
  data: z.discriminatedUnion("resultType", [
    z.object({ resultType: z.literal("vector"), result: z.array(series) }),
    z.object({ resultType: z.literal("scalar"), result: point }),
    z.object({ resultType: z.enum(["string", "matrix"]) }),
  ]),
});
type Answer = z.infer<typeof answerShape>["data"];

/** Whether the expression holds, and what is seen of its left side; both are asked at once, so that one deadline holds. */
export async function readQuery(endpoint: Endpoint, mustHold: string, deadline: Duration): Promise<GateAnswer> {
  const expression = readExpression(mustHold);
  const { comparison } = expression;
  const [whole, left] = await Promise.all([
    instant(endpoint, mustHold, deadline),
    comparison === null ? null : instant(endpoint, comparison.left, deadline),
  ]);
  if (!whole.ok) return { kind: "unreachable", why: whole.why };
  const query = judge(whole.answer, expression, left);
  if (query !== null) return { kind: "query", query };
  const type = whole.answer.resultType === "matrix" ? "a range of values" : "a string";
  return {
    kind: "unreachable",
    why: `${named(endpoint)} answered with ${type}: the query must give an instant vector, such as sum(x) < 1`,
  };
}

async function instant(endpoint: Endpoint, query: string, deadline: Duration): Promise<Asked<Answer>> {
  const asked = await ask(endpoint, { path: "api/v1/query", parameters: [["query", query]] }, answerShape, deadline);
  return asked.ok ? { ok: true, answer: asked.answer.data } : asked;
}

/** Null for an answer that says neither yes nor no. */
function judge(answer: Answer, expression: Expression, left: Asked<Answer> | null): QueryAnswer | null {
  const { comparison, saysZero } = expression;
  const whole = seriesOf(answer);
  if (whole === null) return null;
  const holds = answer.resultType === "scalar" ? isYes(whole) : whole.length > 0 && (!saysZero || isYes(whole));
  if (comparison !== null) {
    return { holds, value: leftShown(comparison, left), threshold: `${comparison.operator} ${comparison.right}` };
  }
  const [first] = whole;
  return { holds, value: first === undefined ? null : shown(first), threshold: null };
}

/** Of numbers that stand for yes and no. NaN is what scalar() makes of a series that is not there. */
function isYes(all: readonly Series[]): boolean {
  return all.every(({ value }) => value !== null && value !== "NaN" && Number(value) !== 0);
}

function leftShown({ operator }: Comparison, left: Asked<Answer> | null): string | null {
  const series = left?.ok === true ? furthest(seriesOf(left.answer) ?? [], operator) : null;
  return series === null ? null : shown(series);
}

/** A scalar is one series without labels; null for what is no number at one time. */
function seriesOf(answer: Answer): readonly Series[] | null {
  switch (answer.resultType) {
    case "vector":
      return answer.result;
    case "scalar":
      return [{ labels: {}, value: answer.result }];
    case "string":
    case "matrix":
      return null;
    default:
      return answer satisfies never;
  }
}
