import { mkdir, rm, utimes } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Stoppable } from "../ports.ts";
import { Events } from "../testing/api-server.ts";
import { HostRoot } from "../testing/host-root.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { sentinelDetector } from "./sentinel.ts";

const SENTINEL = "/run/reboot-required";
const SINCE = Date.parse("2026-11-24T04:00:00.000Z");

let root: HostRoot;
let watch: Stoppable | null = null;
beforeEach(async () => {
  root = await HostRoot.make();
});
afterEach(async () => {
  watch?.stop();
  watch = null;
  await root.remove();
});

const clock = new VirtualClock(SINCE);
const detector = () => sentinelDetector({ root: root.path, path: SENTINEL, clock, every: 60_000 });

async function sentinel(packages: string | null): Promise<void> {
  await root.write(SENTINEL, "*** System restart required ***\n");
  if (packages !== null) await root.write(`${SENTINEL}.pkgs`, packages);
  await utimes(root.at(SENTINEL), SINCE / 1_000, SINCE / 1_000);
}

test("no folder and no sentinel: nothing is found", async () => {
  expect(await detector().findings()).toEqual([]);
  await mkdir(root.at("/run"));
  expect(await detector().findings()).toEqual([]);
});

test.each([
  ["without packages", null, "/run/reboot-required exists"],
  ["with an empty list", "\n", "/run/reboot-required exists"],
  ["with packages, each once", "linux-base\nlibc6\nlinux-base\n", "/run/reboot-required: linux-base, libc6"],
  [
    "with many packages",
    Array.from({ length: 12 }, (_, index) => `p${index}`).join("\n"),
    "/run/reboot-required: p0, p1, p2, p3, p4, p5, p6, p7, p8, p9 and 2 more",
  ],
])("a sentinel %s", async (_what, packages, text) => {
  await sentinel(packages);
  expect(await detector().findings()).toMatchObject([{ kind: "sentinel", text, since: SINCE }]);
});

test("the identity is the same for the same need and another one for another time or list", async () => {
  const identity = async (): Promise<string> => (await detector().findings())[0]?.identity ?? "none";
  await sentinel("libc6\n");
  const first = await identity();
  expect(first).toMatch(/^\/run\/reboot-required 2026-11-24T04:00:00.000Z pkgs:[0-9a-f]{16}$/);
  await sentinel("libc6\n");
  expect(await identity()).toBe(first);
  await sentinel("libc6\nlinux-base\n");
  const second = await identity();
  await utimes(root.at(SENTINEL), SINCE / 1_000 + 1, SINCE / 1_000 + 1);
  expect(new Set([first, second, await identity()]).size).toBe(3);
});

test("a file that can't be read is an error, not an answer", async () => {
  await sentinel(null);
  await mkdir(root.at(`${SENTINEL}.pkgs`));
  await expect(detector().findings()).rejects.toThrow(/EISDIR/);
});

test("the file watch tells of a sentinel that comes, changes and goes", async () => {
  await mkdir(root.at("/run"));
  const events = new Events();
  const sentinels = detector();
  let found: readonly string[] | null = null;
  watch = sentinels.watch(async () => {
    found = (await sentinels.findings()).map((finding) => finding.text);
    events.changed();
  });
  const until = (texts: readonly string[]): Promise<void> =>
    events.until(() => JSON.stringify(found) === JSON.stringify(texts));
  await until([]);
  await sentinel(null);
  await until(["/run/reboot-required exists"]);
  await root.write(`${SENTINEL}.pkgs`, "libc6\n");
  await until(["/run/reboot-required: libc6"]);
  await rm(root.at(SENTINEL));
  await until([]);
});

test("the slow timer finds a sentinel whose folder came after the watch began", async () => {
  const events = new Events();
  const timers: (() => void)[] = [];
  const manual = {
    ...{ now: () => SINCE, monotonic: () => 0 },
    after: (_delay: number, run: () => void) => {
      timers.push(run);
      events.changed();
      return { stop: () => {} };
    },
  };
  let changes = 0;
  watch = sentinelDetector({ root: root.path, path: SENTINEL, clock: manual, every: 1 }).watch(() => {
    changes += 1;
    events.changed();
  });
  await events.until(() => timers.length === 1);
  expect(changes).toBe(1);
  await sentinel(null);
  timers[0]?.();
  await events.until(() => changes > 1);
});
