import { describe, expect, test } from "vitest";
import { MINUTE } from "../../bot/core/instant.ts";
import { runDemo, yesTo } from "../../bot/demo/demo.ts";
import { BLOCKED_FIRST, CYCLE } from "../cluster/expected-phases.ts";
import { policyText } from "../cluster/policy-text.ts";
import { CONTROL_PLANES, StartingCluster, WORKER } from "./starting-cluster.ts";

const others = (story: StartingCluster): boolean => CONTROL_PLANES.every((name) => story.isRebooted(name));

/** Until the worker, which its budget lets go, has the slot; then the budget closes. */
async function tightenedInTime(policy: string): Promise<StartingCluster> {
  const story = new StartingCluster(policy);
  story.setBudget({ minAvailable: 0 });
  await story.begin();
  expect(await story.until(() => story.phaseOf(WORKER) === "preparing")).toBe(true);
  story.setBudget({ minAvailable: 1 });
  return story;
}

describe("the starting cluster ends well", () => {
  test("held: a budget that can never be met is found before the cordon, nothing is touched, the others go", async () => {
    const story = new StartingCluster(policyText({ forcePeople: 1 }));
    await story.begin();
    expect(await story.until(() => story.holdsOf(WORKER).includes("would be blocked"))).toBe(true);
    story.decide("approve", CONTROL_PLANES);
    expect(await story.until(() => others(story))).toBe(true);
    await story.pass(60 * MINUTE);
    expect(story.phases.get(WORKER)).toEqual(["waiting"]);
    expect(story.cordoned).toEqual(new Set(CONTROL_PLANES));
    expect(story.holdsOf(WORKER)).toEqual(["would be blocked"]);
    expect(story.status(WORKER, "blockers")).toMatchObject([
      { namespace: "web", kind: "budget", diagnosis: { verdict: "can never be satisfied", cause: "single replica" } },
    ]);
    expect(story.fewestReady).toBe(1);
    for (const name of CONTROL_PLANES) expect(story.phases.get(name)).toEqual(CYCLE);
  });

  test("fixed: it goes as soon as one more replica runs, without a word from anybody", async () => {
    const story = new StartingCluster(policyText({ forcePeople: 1 }));
    await story.begin([WORKER]);
    expect(await story.until(() => story.holdsOf(WORKER).includes("would be blocked"))).toBe(true);
    const fixedAt = story.now;
    story.scaleWeb(2);
    expect(await story.until(() => story.phaseOf(WORKER) === "preparing", 2 * MINUTE)).toBe(true);
    expect(story.now - fixedAt).toBeLessThan(MINUTE);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect(story.phases.get(WORKER)).toEqual(CYCLE);
    expect([story.deleted, story.fewestReady]).toEqual([[], 1]);
  });

  test("forced: what people were shown is deleted, on record as of whom, and nothing else", async () => {
    const story = new StartingCluster(policyText({ forcePeople: 1 }));
    await story.begin([WORKER]);
    expect(await story.until(() => story.holdsOf(WORKER).includes("would be blocked"))).toBe(true);
    story.decide("force", [WORKER], { reason: "it must go" });
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect(story.deleted).toEqual([expect.stringMatching(/^web-/)]);
    expect(JSON.stringify(story.status(WORKER, "history"))).toContain("is forced past PDB web/web by ana");
  });

  test("yielded: what closes while it prepares moves nothing, gives the slot to the next, and waits for the change", async () => {
    const story = await tightenedInTime(policyText({ forcePeople: 1 }));
    expect(await story.until(() => story.phaseOf(WORKER) === "draining")).toBe(true);
    story.decide("approve", CONTROL_PLANES);
    expect(await story.until(() => others(story))).toBe(true);
    expect(story.holdsOf(WORKER)).toContain("would be blocked");
    expect(story.phases.get(WORKER)).toEqual(BLOCKED_FIRST.slice(0, 5));
    story.scaleWeb(2);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect(story.phases.get(WORKER)).toEqual(BLOCKED_FIRST);
    expect(await story.until(() => story.slots().length === 0)).toBe(true);
    expect(story.fewestReady).toBe(1);
  });
});

test("while its budget blocks it a pod is asked at most once in ten seconds", async () => {
  const story = await tightenedInTime(policyText({ forcePeople: 1, giveUpAfter: "10m" }));
  expect(await story.until(() => story.phaseOf(WORKER) === "yielding")).toBe(true);
  for (const times of story.evictions.values()) {
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(gaps.every((gap) => gap >= 10_000)).toBe(true);
  }
});

test("the demo takes its own decisions and finishes the fleet", async () => {
  const lines: string[] = [];
  const code = await runDemo({
    print: (line) => void lines.push(line),
    ask: async (prompt) => yesTo(prompt),
    breathe: async () => {},
  });
  expect(code).toBe(0);
  expect(lines.at(-1)).toMatch(/^The fleet is done after \d+ simulated minutes\./);
  expect(lines.filter((line) => line.includes("rebooted: boot ID"))).toHaveLength(4);
  expect(lines.some((line) => line.includes("would be blocked by web/web"))).toBe(true);
  const said = lines.join("\n");
  expect(said).toContain("bootswain/abal-kuber: failure, 2 problems");
  expect(said).toMatch(/abal-kuber\.yaml:\d+: pools\[1\]\.drain\.retryAftr: unknown key/);
  expect(said).toMatch(/bootswain\/abal-kuber: success, 3 would start earlier/);
  const [, merged] = /is merged by ana, as commit (\w{7})/.exec(said) ?? [];
  expect(said).toContain(`policy     ${merged} (#1) is in force`);
  expect(said.match(/^21:5\d.*preparing/gm)).toHaveLength(2);
});
