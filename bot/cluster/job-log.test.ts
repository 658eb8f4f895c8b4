import { describe, expect, test } from "vitest";
import type { Answer, Call } from "../coordinator/ports.ts";
import { NOW } from "../core/testing/now.ts";
import { readJobLog } from "./job-log.ts";
import { answered, LEASE, scripted, status, unanswered } from "./testing/scripted.ts";

const aPodOf = (name: string, createdAt: string, containers: readonly string[] = ["main"]) => ({
  metadata: { name, creationTimestamp: createdAt },
  spec: { containers: containers.map((container) => ({ name: container })) },
});
const listing = (...pods: readonly object[]) => answered(200, { items: pods });
const one = listing(aPodOf("snapshot-1-a", "2026-12-05T04:00:00Z"));

/** What is on record after the log of ops/snapshot-1 was asked for, and the calls that were made for it. */
async function read(list: Answer, log: Answer = answered(200, "")) {
  const { parts, mirrors, calls } = scripted(NOW, ({ verb }) => (verb === "list" ? list : log));
  const performed = await readJobLog(parts, LEASE, {
    kind: "ReadJobLog",
    node: "worker-1",
    namespace: "ops",
    name: "snapshot-1",
  });
  return { performed, lines: mirrors.store.jobLogs.get("ops/snapshot-1"), calls };
}

const linesOf = async (log: string) => (await read(one, answered(200, log))).lines;

describe("the lines of a log", () => {
  test.each<[string, string, readonly string[]]>([
    ["are kept as they are", "one\ntwo", ["one", "two"]],
    ["are kept without what makes no line", "one\n\n  \ntwo\r\n\n", ["one", "two"]],
    ["begin as they did", "  indented", ["  indented"]],
    ["are kept without control characters", "\u001b[31mred\u001b[0m\tand\u0000 bell\u0007", ["[31mred[0mand bell"]],
    ["may be in any language", "żółć 日本", ["żółć 日本"]],
    ["may be none", "", []],
  ])("%s", async (_, log, lines) => {
    expect(await linesOf(log)).toEqual(lines);
  });

  test("are the last ten", async () => {
    const all = Array.from({ length: 12 }, (_, index) => `line ${index + 1}`);
    expect(await linesOf(`${all.join("\n")}\n`)).toEqual(all.slice(2));
  });

  test("are cut after 200 characters", async () => {
    expect(await linesOf("x".repeat(500))).toEqual(["x".repeat(200)]);
  });
});

describe("what is asked", () => {
  test("are the Job's own pods, and the end of the newest one's log, in bounds", async () => {
    const pods = listing(
      aPodOf("snapshot-1-b", "2026-12-05T04:10:00Z", ["main", "sidecar"]),
      aPodOf("snapshot-1-a", "2026-12-05T04:00:00Z"),
    );
    const { calls, performed } = await read(pods);
    expect(performed).toBe("done");
    expect(calls).toEqual<readonly Call[]>([
      { verb: "list", resource: "pods", namespace: "ops", labelSelector: "job-name=snapshot-1" },
      {
        verb: "log",
        resource: "pods",
        namespace: "ops",
        name: "snapshot-1-b",
        container: "main",
        tailLines: 10,
        limitBytes: 65_536,
      },
    ]);
  });
});

describe("what can't be read says why in its place, so that it is asked once", () => {
  test.each<[string, Answer, Answer, string]>([
    ["there is no pod any more", listing(), answered(200), "it has no pod"],
    ["the list makes no sense", answered(200, { items: "x" }), answered(200), "it has no pod"],
    ["pods may not be listed", answered(403, status("pods is forbidden")), answered(200), "403 pods is forbidden"],
    ["the log may not be read", one, answered(403, status("pods/log is forbidden")), "403 pods/log is forbidden"],
    ["the container never ran", one, answered(400, status("container is waiting")), "400 container is waiting"],
    ["the pod found no node", one, answered(204, ""), "its pod never came to run"],
    ["the log can't be had", one, unanswered, "no answer within 10 s"],
  ])("%s", async (_, list, log, why) => {
    expect(await read(list, log)).toMatchObject({ performed: "done", lines: [`(its log can't be read: ${why})`] });
  });

  test("a long reason is cut, too", async () => {
    const { lines } = await read(one, answered(500, status("x".repeat(999))));
    expect(lines?.[0]).toHaveLength("(its log can't be read: 500 )".length + 200);
  });
});

test("where nobody answers it is asked again", async () => {
  expect(await read(unanswered)).toMatchObject({ performed: "retry", lines: undefined });
});
