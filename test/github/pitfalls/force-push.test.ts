import { expect, onTestFinished, test } from "vitest";
import { PolicyKeeper } from "../../../bot/coordinator/policy-keeper.ts";
import type { PolicyStatus } from "../../../bot/core/fleet/fleet.ts";
import { MINUTE } from "../../../bot/core/instant.ts";
import { aPolicy } from "../../../bot/core/testing/policies.ts";
import { type Parse, policyFrom } from "../../../bot/git/sources.ts";
import { Turns } from "../../../bot/git/testing/turns.ts";
import { type Kept, PLACES } from "./places.ts";

const parse: Parse = (text, { commit }, source) => {
  const id = commit?.id ?? null;
  if (text.startsWith("bad")) return { kind: "bad", problems: ["it is bad"], source, commit: id };
  return { kind: "good", policy: aPolicy({ commit: id }), source, text };
};

/** One life of a bot at that place, after one that left this on record. */
class Life {
  readonly #keeper = new PolicyKeeper({
    clusterName: "abal-kuber",
    clock: { now: () => 0, monotonic: () => 0, after: () => ({ stop: () => {} }) },
    log: { info: () => {}, warn: () => {} },
    reparse: (_, origin) => aPolicy(origin),
  });
  readonly #turns = new Turns();
  readonly #kept: Kept;
  readonly #record: PolicyStatus | null;
  #hasBegun = false;

  constructor(kept: Kept, record: PolicyStatus | null = null) {
    this.#kept = kept;
    this.#record = record;
    onTestFinished(() => this.#turns.stop());
  }

  /** What is on record after the next reading. */
  async next(): Promise<PolicyStatus> {
    const times = { clock: this.#turns.clock, random: { next: () => 0.5 }, every: MINUTE };
    const source = policyFrom(this.#kept.place, { ...times, parse });
    const heard = this.#hasBegun
      ? await this.#turns.next()
      : await this.#turns.first(source, () => this.#keeper.status() ?? this.#record);
    this.#hasBegun = true;
    for (const news of heard) this.#keeper.hear(news);
    this.#keeper.remember(this.#record);
    const status = this.#keeper.status();
    if (status === null) throw new Error("it did not look");
    return status;
  }
}

const short = (sha: string): string => sha.slice(0, 7);
const moved = (now: string, then: string): string =>
  `main was moved by force: commit ${short(now)} does not follow from ${short(then)}, which was used last.`;

/** How the commit that main is moved to can't be used. */
const UNFIT: readonly (readonly [string, (kept: Kept) => string])[] = [
  ["a bad policy", ({ put }) => put("bad")],
  ["a link", ({ link }) => link("other.yaml")],
];

const EACH = UNFIT.flatMap(([what, unfit]) => PLACES.map(([name, make]) => [what, name, unfit, make] as const));

test.each(EACH)(
  "force-push backwards, to %s: said while that can't be used, and when one that follows is (%s)",
  async (_what, _name, unfit, make) => {
    const kept = await make();
    const base = kept.put("one");
    const inForce = kept.put("two");
    const life = new Life(kept);
    await life.next();
    kept.moveTo(base);
    const forced = unfit(kept);
    for (let reading = 0; reading < 2; reading += 1) {
      const { problems, commit } = await life.next();
      expect([commit, problems.at(-1)]).toEqual([inForce, moved(forced, inForce)]);
    }
    kept.put("bad too");
    await life.next();
    const good = kept.put("three");
    expect(await life.next()).toMatchObject({ commit: good, valid: true, problems: [], note: moved(good, inForce) });
    expect(await life.next()).toMatchObject({ commit: good, note: moved(good, inForce) });
    kept.put("four");
    expect(await life.next()).not.toHaveProperty("note");
  },
);

test.each(EACH)(
  "force-push backwards, to %s, and a bot that was restarted meanwhile: said as well (%s)",
  async (_what, _name, unfit, make) => {
    const kept = await make();
    const base = kept.put("one");
    const inForce = kept.put("two");
    const record = await new Life(kept).next();
    kept.moveTo(base);
    const forced = unfit(kept);
    const life = new Life(kept, record);
    expect((await life.next()).problems.at(-1)).toBe(moved(forced, inForce));
    const good = kept.put("three");
    expect(await life.next()).toMatchObject({ commit: good, note: moved(good, inForce) });
  },
);

test.each(PLACES)(
  "force-push backwards while no bot runs: said at the first reading of the next (%s)",
  async (_, make) => {
    const kept = await make();
    const base = kept.put("one");
    const inForce = kept.put("two");
    const record = await new Life(kept).next();
    kept.moveTo(base);
    const life = new Life(kept, record);
    expect(await life.next()).toMatchObject({ commit: base, note: moved(base, inForce) });
    expect(await new Life(kept, { ...record, source: "another" }).next()).not.toHaveProperty("note");
  },
);

test.each(PLACES)(
  "force-push backwards, and back to what is in force or to what follows from it, is nothing (%s)",
  async (_, make) => {
    const kept = await make();
    const base = kept.put("one");
    const inForce = kept.put("two");
    const life = new Life(kept);
    await life.next();
    kept.moveTo(base);
    kept.put("bad");
    await life.next();
    kept.moveTo(inForce);
    const back = await life.next();
    expect(back).toMatchObject({ commit: inForce, valid: true, problems: [] });
    expect(back).not.toHaveProperty("note");
    kept.put("bad again");
    expect((await life.next()).problems).toEqual(["it is bad"]);
    kept.put("three");
    expect(await life.next()).not.toHaveProperty("note");
  },
);
