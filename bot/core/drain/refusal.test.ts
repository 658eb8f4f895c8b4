import { expect, test } from "vitest";
import { planned } from "../testing/builders.ts";
import { NOW } from "../testing/now.ts";
import { draining, nextRecord, ORDER, underWay } from "../testing/phases.ts";
import { aBudget, anAnswer, aPod, aRefusal } from "../testing/pods.ts";
import { budgetsOf } from "./force.ts";
import { worthKeeping } from "./refusal.ts";

const of = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => {
    const budgets = aRefusal().budgets.map((budget) => ({ ...budget, name }));
    return aRefusal({ pod: `${name}-${index}`, podUid: `${name}-${index}`, budgets });
  });

test("of hundreds of refusals fifty are kept, and of each budget one", () => {
  const all = [...of("web", 300), ...of("api", 200), ...of("db", 1)];
  const kept = worthKeeping(all);
  expect(kept).toHaveLength(50);
  expect(budgetsOf(kept)).toEqual(["web/api", "web/db", "web/web"]);
  expect(worthKeeping(kept)).toBe(kept);
});

test("a drain that is refused very many pods is given up like any other, and writes its record once", () => {
  const pods = Array.from({ length: 300 }, (_, index) => aPod({ name: `web-${index}`, uid: `u${index}` }));
  const evictions = pods.map(({ uid }) => anAnswer({ podUid: uid, retryAt: NOW + 10_000 }));
  const parts = { podsListedFor: ORDER, pods, evictions, budgets: [aBudget()] };
  const first = nextRecord(planned(underWay(draining(), parts)));
  expect(first?.phase).toMatchObject({ kind: "draining", onlyRefusedSince: NOW });
  const phase = first?.phase.kind === "draining" ? first.phase : draining();
  expect(phase.refused).toHaveLength(50);
  expect(planned(underWay(phase, parts)).steps).toEqual([]);
});
