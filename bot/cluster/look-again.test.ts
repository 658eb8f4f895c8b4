import { expect, test } from "vitest";
import type { Bot } from "../bot.ts";
import { MINUTE, SECOND } from "../core/instant.ts";
import { failure } from "../sim/answers.ts";
import { SimCluster, type SimSettings } from "../sim/cluster.ts";
import { at, text } from "../sim/rules/world.ts";
import { formatFleet, LOOK_AGAIN } from "./resources/reboot-fleet.ts";

const START = Date.UTC(2026, 11, 5, 4, 1, 2);

/** Bots whose policy sources only count how often each is hurried. */
class Replicas {
  readonly bots: Bot[] = [];
  readonly hurried: number[] = [];
  readonly warnings: unknown[] = [];
  /** What the annotation said, one after the other. */
  readonly written: string[] = [];
  readonly cluster: SimCluster;

  constructor(settings: Partial<SimSettings> = {}) {
    this.cluster = new SimCluster({
      seed: "hints",
      start: START,
      clusterName: "x",
      policySource: () => {
        const index = this.hurried.push(0) - 1;
        return {
          start: (heard) => {
            heard({ kind: "bad", problems: ["none here"], source: "nowhere", commit: null });
            const hurry = (): void => {
              this.hurried[index] = (this.hurried[index] ?? 0) + 1;
            };
            return { stop: () => {}, hurry };
          },
        };
      },
      log: () => ({ info: () => {}, warn: (event, fields) => void this.warnings.push({ event, ...fields }) }),
      slack: () => ({
        chat: NO_CHAT,
        people: { look: () => new Promise(() => {}) },
        started: (bot) => void this.bots.push(bot),
      }),
      ...settings,
    });
    this.cluster.store.onChange(({ resource, after }) => {
      const value = resource === "rebootfleets" ? text(at(after, "metadata", "annotations", LOOK_AGAIN)) : "";
      if (value !== "" && value !== this.written.at(-1)) this.written.push(value);
    });
  }

  /** Both are up, and one leads. */
  async begin(): Promise<this> {
    for (const name of ["a", "b"]) this.cluster.startBot(name);
    await this.until(() => this.leader !== undefined && this.bots.every((bot) => bot.turn() !== null));
    await this.pass(10 * SECOND);
    return this;
  }

  get leader(): Bot | undefined {
    return this.bots.find((bot) => bot.turn()?.isLeader);
  }

  get standby(): Bot | undefined {
    return this.bots.find((bot) => bot.turn()?.isLeader === false);
  }

  get fleet(): unknown {
    return this.cluster.store.get("rebootfleets", "cluster");
  }

  until(isSo: () => boolean): Promise<unknown> {
    return this.cluster.clock.runUntil(isSo, this.cluster.clock.now() + MINUTE);
  }

  pass(length: number): Promise<unknown> {
    return this.cluster.clock.runUntil(() => false, this.cluster.clock.now() + length);
  }
}

const never = () => new Promise<never>(() => {});
const NO_CHAT = { post: never, find: never, update: never, pin: never, tell: never, open: never };

test("what the standby was told hurries the policy source of the leader, and its own", async () => {
  const replicas = await new Replicas().begin();
  expect(replicas.hurried).toEqual([0, 0]);
  replicas.standby?.lookAgain("push acme/policies");
  await replicas.pass(5 * SECOND);
  expect(replicas.hurried).toEqual([1, 1]);
  expect(replicas.written).toEqual([expect.stringMatching(/^2026-12-05T04:\d\d:\d\d\.\d{3}Z push acme\/policies$/)]);
  expect(replicas.leader?.turn()?.snapshot.fleet?.lookAgain).toBe(replicas.written[0]);
});

test("the hint of a person by kubectl is one as well, and taking it away is none", async () => {
  const replicas = await new Replicas().begin();
  const annotate = (annotations: object): void => {
    const { cluster, fleet } = replicas;
    const object = Object.assign({}, fleet, { metadata: Object.assign({}, at(fleet, "metadata"), { annotations }) });
    cluster.server.handle("ana", { verb: "update", resource: "rebootfleets", name: "cluster", object });
  };
  annotate({ [LOOK_AGAIN]: "Sat Dec  5 04:02:00 UTC 2026" });
  await replicas.pass(5 * SECOND);
  expect(replicas.hurried).toEqual([1, 1]);
  annotate({});
  await replicas.pass(5 * SECOND);
  expect(replicas.hurried).toEqual([1, 1]);
});

test("a bot that starts finds a hint from before, and reads by itself anyhow", async () => {
  const replicas = await new Replicas().begin();
  replicas.leader?.lookAgain("push acme/policies");
  await replicas.pass(5 * SECOND);
  replicas.cluster.startBot("c");
  await replicas.pass(10 * SECOND);
  expect(replicas.hurried).toEqual([1, 1, 0]);
});

test("hints that come in bursts are merged, and the last one is told", async () => {
  const replicas = await new Replicas().begin();
  for (let tenth = 0; tenth < 30; tenth += 1) {
    replicas.standby?.lookAgain(`push ${tenth}`);
    await replicas.pass(SECOND / 10);
  }
  await replicas.pass(5 * SECOND);
  expect(replicas.written.length).toBeGreaterThanOrEqual(3);
  expect(replicas.written.length).toBeLessThanOrEqual(5);
  expect(replicas.written.at(-1)).toMatch(/ push 29$/);
});

test("the same hint again while the first is being written is told once more", async () => {
  const replicas = await new Replicas().begin();
  replicas.standby?.lookAgain("push acme/policies");
  replicas.standby?.lookAgain("push acme/policies");
  await replicas.pass(5 * SECOND);
  expect(replicas.written).toHaveLength(2);
});

test("the leader's writes of the status keep the hint, and a hint keeps the status and people's pause", async () => {
  const replicas = await new Replicas().begin();
  const object = Object.assign({}, replicas.fleet, { spec: { paused: { by: "ana" } } });
  replicas.cluster.server.handle("ana", { verb: "update", resource: "rebootfleets", name: "cluster", object });
  const before = at(replicas.fleet, "status", "policy");
  expect(before).toBeTypeOf("object");
  replicas.standby?.lookAgain("push acme/policies");
  await replicas.pass(5 * SECOND);
  expect(at(replicas.fleet, "status", "policy")).toEqual(before);
  expect(at(replicas.fleet, "spec", "paused", "by")).toBe("ana");
  const known = replicas.leader?.turn()?.snapshot.fleet;
  if (known == null) throw new Error("the leader knows no fleet");
  const written = replicas.cluster.server.handle("bot a", {
    ...{ verb: "update", resource: "rebootfleets", name: "cluster", subresource: "status" },
    object: formatFleet({ ...known, slots: [{ node: "n", uid: "u", order: "o" }] }),
  });
  expect(written.code).toBe(200);
  expect(text(at(replicas.fleet, "metadata", "annotations", LOOK_AGAIN))).toBe(replicas.written[0]);
});

test("somebody who writes at the same moment makes it try again, on what is there then", async () => {
  let conflicts = 2;
  const tamper: NonNullable<SimSettings["tamper"]> = {
    answered: (_, call, answer) => {
      const isHint = call.verb === "update" && call.resource === "rebootfleets" && call.subresource === undefined;
      if (!isHint || conflicts === 0) return answer;
      conflicts -= 1;
      return failure(409, "Conflict", "the object has been modified");
    },
  };
  const replicas = await new Replicas({ tamper }).begin();
  replicas.standby?.lookAgain("push acme/policies");
  await replicas.pass(10 * SECOND);
  expect({ conflicts, warnings: said(replicas) }).toEqual({ conflicts: 0, warnings: [] });
  expect(replicas.hurried[0]).toBeGreaterThan(0);
});

const said = ({ warnings }: Replicas): readonly unknown[] =>
  warnings.filter((warning) => at(warning, "event") === "look-again not written");

test.each([
  [403, 1, /rebootfleets.* Apply deploy\/rbac\.yaml; until then changes of the policy are found by looking\.$/],
  [500, 5, /^500 rebootfleets can't be written$/],
])("a server that answers %d is asked %d times, and it is said once", async (code, times, why) => {
  let asked = 0;
  const tamper: NonNullable<SimSettings["tamper"]> = {
    answered: (_, call, answer) => {
      if (call.verb !== "update" || call.resource !== "rebootfleets" || call.subresource !== undefined) return answer;
      asked += 1;
      return failure(code, "Trouble", "rebootfleets can't be written");
    },
  };
  const replicas = await new Replicas({ tamper }).begin();
  replicas.standby?.lookAgain("push acme/policies");
  await replicas.pass(MINUTE);
  expect(asked).toBe(times);
  expect(said(replicas)).toEqual([{ event: "look-again not written", why: expect.stringMatching(why) }]);
});

test("where there is no RebootFleet yet the hint waits for the leader to make it", async () => {
  const replicas = new Replicas();
  replicas.cluster.startBot("a");
  await replicas.until(() => replicas.bots.length > 0);
  replicas.bots[0]?.lookAgain("push acme/policies");
  expect(replicas.fleet).toBeUndefined();
  await replicas.pass(20 * SECOND);
  expect(replicas.written).toHaveLength(1);
});

test("a bot that stopped writes nothing", async () => {
  const replicas = await new Replicas().begin();
  const { standby } = replicas;
  void standby?.stop();
  standby?.lookAgain("push acme/policies");
  await replicas.pass(10 * SECOND);
  expect(replicas.written).toEqual([]);
});
