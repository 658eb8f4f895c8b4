import { expect, test } from "vitest";
import { HOUR } from "../../core/instant.ts";
import type { Problem } from "../../core/policy/problem.ts";
import { aSnapshot } from "../../core/testing/builders.ts";
import { fleetOf } from "../../core/testing/fleets.ts";
import { NOW } from "../../core/testing/now.ts";
import { aPolicy, aPool, aWindow } from "../../core/testing/policies.ts";
import type { Check } from "./review.ts";
import { reviewOf } from "./review-of.ts";

const NAMES = Array.from({ length: 1_000 }, (_, index) => `worker-${String(index).padStart(4, "0")}`);
const TEXT = { kind: "text", file: "policy.yaml", text: "" } as const;
const LONG = "a-name-as-long-as-kubernetes-allows-".repeat(7);

test("of a thousand nodes it tells what they have in common", () => {
  const inForce = aPolicy({ maxRebooting: 20, pools: [aPool({ windows: [aWindow("02:00", "03:00")] })] });
  const proposed = aPolicy({
    maxRebooting: 20,
    pools: [
      aPool({ name: "edge", matchLabels: { tier: "edge" }, mode: "approval", windows: [aWindow("22:00", "06:00")] }),
      aPool({ windows: [aWindow("22:00", "06:00")] }),
    ],
  });
  const nodes = Object.fromEntries(NAMES.slice(0, 40).map((name) => [name, { labels: { tier: "edge" } }]));
  const check: Check = () => ({ ok: true, policy: proposed, warnings: [] });
  const snapshot = aSnapshot(fleetOf(NAMES, { nodes }));
  const { text, title } = reviewOf(TEXT, check, { clusterName: "abal-kuber", snapshot, inForce, now: NOW });
  expect(title).toMatch(/^\d warnings?; 40 of 1000 nodes change pool or mode; \d+ would start earlier/);
  expect(text.length).toBeLessThan(5_000);
  expect(text).toContain("| worker-0000, worker-0001, worker-0002 and 37 more | workers, automatic: ");
  expect(text).toMatch(/workers, automatic: would reboot one after the other, 22:30 CST to .*, all done by about/);
});

test.each(["node", "pool", "cluster"])("however long the name of each %s is, it fits", (kind) => {
  const name = (own: string, index: number): string => (kind === own ? `${LONG}${index}` : `${own}${index}`);
  const names = NAMES.map((_, index) => name("node", index));
  const labels = Object.fromEntries(names.map((node, index) => [node, { labels: { pool: `${index % 250}` } }]));
  const pools = Array.from({ length: 250 }, (_, index) =>
    aPool({ name: name("pool", index), matchLabels: { pool: `${index}` }, windows: [aWindow("02:00", "03:00")] }),
  );
  const inForce = aPolicy({ cluster: name("cluster", 0), maxRebooting: 9, pools: pools.slice(0, 200) });
  const wider = pools.map((pool) => ({ ...pool, windows: [aWindow("22:00", "23:00")], spreadOver: name("pool", 0) }));
  const proposed = { ...inForce, pools: wider.slice(20) };
  const check: Check = () => ({ ok: true, policy: proposed, warnings: [] });
  const snapshot = aSnapshot(fleetOf(names, { nodes: labels }));
  const { text, title } = reviewOf(TEXT, check, { clusterName: name("cluster", 0), snapshot, inForce, now: NOW });
  expect(text.length).toBeLessThanOrEqual(60_000);
  expect(title.length).toBeLessThanOrEqual(120);
  expect(text).toContain("**Warnings**");
  expect(text).toContain("**The first openings that differ**");
});

test("however many problems there are, and however long, they are said as far as they fit", () => {
  const problem = (line: number): Problem => ({
    ...{
      file: "policy.yaml",
      line,
      column: 1,
      path: "pools",
      message: `${LONG} `.repeat(20),
      severity: "error" as const,
    },
  });
  const problems = Array.from({ length: 500 }, (_, index) => problem(index + 1));
  const standing = { clusterName: "abal-kuber", snapshot: aSnapshot(), inForce: undefined, now: NOW + HOUR };
  const { text, title, annotations } = reviewOf(TEXT, () => ({ ok: false, problems }), standing);
  expect(title).toBe("500 problems");
  expect(annotations).toHaveLength(500);
  expect(text.length).toBeLessThanOrEqual(60_000);
  expect(text).toMatch(/… and 4\d\d more\.$/);
});
