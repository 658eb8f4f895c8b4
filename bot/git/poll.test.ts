import { expect, test } from "vitest";
import type { Clock } from "../coordinator/ports.ts";
import { Poll } from "./poll.ts";
import type { PolicyCommit, Reading } from "./reading.ts";

const read = (content: string, note: string | null = null): Reading => ({
  ...{ kind: "read", content, commit: null, verified: null },
  note,
});
const lost: Reading = { kind: "unreachable", problem: "no answer" };

/** A poll on a clock that the test moves: each reading is answered, and each pause ended, when the test says so. */
class HandPoll {
  readonly heard: Reading[] = [];
  readonly pauses: number[] = [];
  readings = 0;
  now = 0;
  readonly poll: Poll;
  #due: (() => void) | null = null;
  #answer: (reading: Reading) => void = () => {};

  constructor(random = 0.5) {
    const clock: Clock = {
      now: () => 0,
      monotonic: () => this.now,
      after: (pause, run) => {
        this.pauses.push(pause);
        this.#due = run;
        return { stop: () => (this.#due = this.#due === run ? null : this.#due) };
      },
    };
    this.poll = new Poll({
      ...{ clock, every: 60_000, random: { next: () => random } },
      read: () =>
        new Promise((resolve) => {
          this.readings += 1;
          this.#answer = resolve;
        }),
      heard: (reading) => void this.heard.push(reading),
    });
  }

  /** Hints, with so much time before each; none of them waits long enough for a reading. */
  hurry(times: number, apart = 0): this {
    for (let hint = 0; hint < times; hint += 1) {
      this.now += apart;
      this.poll.hurry();
    }
    return this;
  }

  async answers(...readings: readonly Reading[]): Promise<this> {
    for (const reading of readings) {
      this.now += this.#due === null ? 0 : (this.pauses.at(-1) ?? 0);
      this.#due?.();
      this.#due = null;
      this.#answer(reading);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    return this;
  }
}

test.each([
  ["a tenth less", 0, 54_000],
  ["as it is set", 0.5, 60_000],
  ["nearly a tenth more", 0.99, 65_880],
])("the pause is %s, so that many bots don't come at once", async (_, random, pause) => {
  expect((await new HandPoll(random).answers(read("one"))).pauses).toEqual([pause]);
});

test("back-off is bounded while a source is unreachable, and ends with the first answer", async () => {
  const polled = await new HandPoll().answers(lost, lost, lost, lost, lost, lost, lost, read("one"));
  expect(polled.pauses.map((pause) => pause / 60_000)).toEqual([1, 2, 4, 8, 10, 10, 10, 1]);
  expect(polled.heard).toEqual([lost, read("one")]);
});

test("a policy that can't be used is looked at as often as a good one", async () => {
  const unfit: Reading = { kind: "unfit", problem: "a link", commit: "1", note: null };
  expect((await new HandPoll().answers(unfit, unfit, unfit)).pauses).toEqual([60_000, 60_000, 60_000]);
});

test("what is known of a commit only later is told, once", async () => {
  const known = {
    id: "3f2a9c1",
    subject: "widen",
    author: "Ana",
    when: null,
    url: "https://git/c/3f2a9c1",
    pull: null,
  };
  const pull = { number: 42, url: "https://git/pull/42" };
  const at = (commit: PolicyCommit): Reading => ({ kind: "read", content: "one", commit, verified: null, note: null });
  const [first, later] = [at(known), at({ ...known, pull })];
  expect((await new HandPoll().answers(first, first, later, later)).heard).toEqual([first, later]);
});

test.each([
  ["of a place that can't be reached", lost],
  ["of a policy that stays the same", read("one")],
])("other keys are news, though they change nothing else %s", async (_, reading) => {
  const by = (keysDigest: string | null): Reading => ({ ...reading, keysDigest });
  const polled = await new HandPoll().answers(by("one"), by("one"), by("two"), by(null), by("two"));
  expect(polled.heard).toEqual([by("one"), by("two"), by(null), by("two")]);
});

test("a note is told once, also where only it is new, and is no news when it goes", async () => {
  const unfit = (note: string | null): Reading => ({ kind: "unfit", problem: "a link", commit: "1", note });
  const polled = await new HandPoll().answers(
    unfit(null),
    unfit("moved"),
    unfit("moved"),
    read("two", "moved"),
    read("two"),
  );
  expect(polled.heard).toEqual([unfit(null), unfit("moved"), read("two", "moved")]);
});

test("what is hurried is read soon, and many hints are one reading", async () => {
  const polled = await new HandPoll().answers(read("one"));
  polled.hurry(1, 10_000).hurry(1);
  expect(polled.pauses).toEqual([60_000, 200, 200]);
  await polled.answers(read("two"));
  expect(polled.readings).toBe(2);
  expect(polled.heard).toEqual([read("one"), read("two")]);
});

test("a hint during a reading brings one more reading", async () => {
  const polled = new HandPoll().hurry(1);
  await polled.answers(read("one"), read("two"));
  expect(polled.pauses).toEqual([60_000, 3_000, 60_000]);
  expect(polled.heard).toEqual([read("one"), read("two")]);
});

test("hints bring no two readings closer together than three seconds", async () => {
  const polled = await new HandPoll().answers(read("one"));
  for (let reading = 0; reading < 5; reading += 1) await polled.hurry(3).answers(read("one"));
  expect(polled.now).toBe(5 * 3_000);
  expect(polled.readings).toBe(6);
});

test("hints that never end do not put the reading off for longer than two seconds", async () => {
  const polled = (await new HandPoll().answers(read("one"))).hurry(1, 10_000).hurry(30, 100);
  expect(polled.pauses.slice(1)).toEqual([...Array(19).fill(200), ...[100, ...Array(11).fill(0)]]);
});

test("a hint never puts off what is due", async () => {
  const polled = (await new HandPoll().answers(read("one"))).hurry(1, 59_950);
  expect(polled.pauses).toEqual([60_000, 50]);
});

test("a hint while a source can't be reached is one reading, and the back-off goes on", async () => {
  const polled = await new HandPoll().answers(lost, lost, lost);
  await polled.hurry(1, 5_000).hurry(1).answers(lost);
  expect(polled.readings).toBe(4);
  expect(polled.pauses).toEqual([60_000, 120_000, 240_000, 200, 200, 480_000]);
});

test("a stopped poll hears no hint", async () => {
  const polled = await new HandPoll().answers(read("one"));
  polled.poll.stop();
  polled.poll.hurry();
  await polled.answers(read("two"));
  expect(polled.readings).toBe(1);
});
