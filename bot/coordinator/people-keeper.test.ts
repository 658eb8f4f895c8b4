import { describe, expect, test } from "vitest";
import type { PersonReading } from "../core/fleet/person.ts";
import { MINUTE, SECOND } from "../core/instant.ts";
import { NOW } from "../core/testing/now.ts";
import { PeopleKeeper } from "./people-keeper.ts";

/** A keeper over a Slack that answers when it is told to, on a clock that is set by hand. */
function aKeeper() {
  let now = NOW;
  let heard = 0;
  const open: {
    readonly user: string;
    readonly among: readonly string[];
    readonly answer: (is: PersonReading) => void;
  }[] = [];
  const people = {
    look: (user: string, among: readonly string[]) =>
      new Promise<PersonReading>((resolve) => open.push({ user, among, answer: resolve })),
  };
  const timers = new Set<() => void>();
  const after = (_: number, run: () => void) => {
    timers.add(run);
    return { stop: () => void timers.delete(run) };
  };
  const clock = { now: () => now, monotonic: () => now, after };
  const keeper = new PeopleKeeper({ people, clock }, () => {
    heard += 1;
  });
  return {
    keeper,
    asked: () => open.map(({ user }) => user),
    heard: () => heard,
    /** All timers that were not stopped run out. */
    runOut: async () => {
      for (const run of timers) run();
      await settled();
    },
    later: (by: number) => {
      now += by;
    },
    /** Answers what was asked as the nth of all. */
    answer: async (nth: number, reading: PersonReading) => {
      open[nth]?.answer(reading);
      await settled();
    },
  };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

const member = { kind: "member", groups: ["S01"], unread: [] } as const;
const barred = { kind: "barred", why: "deactivated" } as const;
const unreadable = { kind: "unreadable", why: "timeout" } as const;

describe("a person", () => {
  test("is not asked about again while an answer is awaited, and others are beside", async () => {
    const { keeper, asked, answer, heard } = aKeeper();
    keeper.want(["U1"], ["S01"]);
    keeper.want(["U1", "U2"], ["S01"]);
    expect(asked()).toEqual(["U1", "U2"]);
    expect([keeper.readings().size, heard()]).toEqual([0, 0]);
    await answer(0, member);
    expect([keeper.readings().size, heard()]).toEqual([1, 1]);
    keeper.want(["U1"], ["S01"]);
    expect(asked()).toEqual(["U1", "U2", "U1"]);
  });

  test("tells nothing of user groups that could not be read", async () => {
    const { keeper, answer } = aKeeper();
    keeper.want(["U1"], ["S01", "S02"]);
    await answer(0, { ...member, unread: ["S02"] });
    expect(keeper.readings().get("U1")?.among).toEqual(["S01"]);
  });

  test("is known by the newest answer, as old as its question, with what was asked about", async () => {
    const { keeper, answer, later } = aKeeper();
    keeper.want(["U1"], ["S01", "S02"]);
    later(3 * SECOND);
    await answer(0, member);
    const first = { ...member, at: NOW, askedAt: NOW, among: ["S01", "S02"] };
    expect(keeper.readings().get("U1")).toEqual(first);
    keeper.want(["U1"], []);
    await answer(1, barred);
    expect(keeper.readings().get("U1")).toEqual({
      ...barred,
      at: NOW + 3 * SECOND,
      askedAt: NOW + 3 * SECOND,
      among: [],
    });
  });

  test.each([member, barred])(
    "that was $kind stays so while Slack can't be read, and is asked about no more often",
    async (reading) => {
      const { keeper, answer, later } = aKeeper();
      keeper.want(["U1"], ["S01"]);
      await answer(0, reading);
      later(5 * MINUTE);
      keeper.want(["U1"], ["S01"]);
      await answer(1, unreadable);
      expect(keeper.readings().get("U1")).toEqual({ ...reading, at: NOW, askedAt: NOW + 5 * MINUTE, among: ["S01"] });
    },
  );

  test("whom Slack never told of is unreadable, and known to have been asked about", async () => {
    const { keeper, answer } = aKeeper();
    keeper.want(["U1"], []);
    await answer(0, unreadable);
    expect(keeper.readings().get("U1")).toEqual({ ...unreadable, at: NOW, askedAt: NOW, among: [] });
  });

  test("of whom there is no answer in time is unreadable, and a late answer tells nothing", async () => {
    const { keeper, answer, runOut, asked } = aKeeper();
    keeper.want(["U1"], []);
    await runOut();
    expect(keeper.readings().get("U1")?.kind).toBe("unreadable");
    await answer(0, barred);
    expect(keeper.readings().get("U1")?.kind).toBe("unreadable");
    keeper.want(["U1"], []);
    expect(asked()).toHaveLength(2);
  });
});
