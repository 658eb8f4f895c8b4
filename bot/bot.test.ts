import { expect, test } from "vitest";
import { startBot } from "./bot.ts";
import type { Onlooker } from "./coordinator/onlooker.ts";
import type { PolicyInForce, PolicyNews, PolicySource } from "./coordinator/policy-source-port.ts";
import { NO_PROPOSALS } from "./coordinator/proposals.ts";
import { MINUTE } from "./core/instant.ts";
import { aPolicy } from "./core/testing/policies.ts";
import { DEFAULT_TIMINGS } from "./core/timings.ts";
import { SimCluster } from "./sim/cluster.ts";
import { SimProcess } from "./sim/process.ts";
import { logChat } from "./slack/log-chat.ts";
import { NO_PEOPLE } from "./slack/no-people.ts";

const log = { info: () => {}, warn: () => {} };
const policySource = {
  start: (heard: (news: { kind: "bad"; problems: string[]; source: string; commit: null }) => void) => {
    heard({ kind: "bad", problems: ["none here"], source: "nowhere", commit: null });
    return { stop: () => {}, hurry: () => {} };
  },
};

/** A bot of that cluster, and what its onlooker was shown: whether the bot led, turn by turn. */
function aBot(cluster: SimCluster, name: string) {
  const shown: boolean[] = [];
  let stops = 0;
  const onlooker: Onlooker = {
    show: ({ isLeader }) => void shown.push(isLeader),
    stop: () => {
      stops += 1;
    },
  };
  const process = new SimProcess(name, cluster.clock, () => {});
  const ports = {
    ...{ api: cluster.api(process), clock: process.clock(), random: cluster.random.fork(name), log, policySource },
    ...{ reparse: () => null, gates: { read: () => new Promise<never>(() => {}) }, chat: logChat(log) },
    ...{ people: NO_PEOPLE, proposals: NO_PROPOSALS, footings: [], onlookers: [onlooker] },
  };
  const settings = { clusterName: "x", namespace: "bootswain", identity: name, pod: null, timings: DEFAULT_TIMINGS };
  return { bot: startBot(ports, settings), shown, stops: () => stops };
}

test("an onlooker is shown each turn, on the leader and on the standby, and is stopped with its bot", async () => {
  const start = Date.UTC(2026, 11, 5, 4);
  const cluster = new SimCluster({ seed: "onlookers", start, clusterName: "x", policySource: () => policySource });
  const bots = [aBot(cluster, "a"), aBot(cluster, "b")];
  await cluster.clock.runUntil(() => false, start + 2 * MINUTE);
  const led = ({ shown }: (typeof bots)[number]): boolean => shown.at(-1) === true;
  const [leader, standby] = [bots.find(led), bots.find((bot) => !led(bot))];
  if (leader === undefined || standby === undefined) throw new Error("it takes one that leads and one that does not");
  expect(standby.shown.length).toBeGreaterThan(0);
  void standby.bot.stop();
  expect([leader.stops(), standby.stops()]).toEqual([0, 1]);
  const before = standby.shown.length;
  await cluster.clock.runUntil(() => false, start + 5 * MINUTE);
  expect(standby.shown).toHaveLength(before);
});

test("a policy source is told what is in force, and already at its first reading what an earlier bot left on record", async () => {
  const start = Date.UTC(2026, 11, 5, 4);
  const atFirst: (PolicyInForce | null)[] = [];
  const told: (() => PolicyInForce | null)[] = [];
  const heard: ((news: PolicyNews) => void)[] = [];
  const source: PolicySource = {
    start: (hear, inForce = () => null) => {
      atFirst.push(inForce());
      told.push(inForce);
      heard.push(hear);
      return { stop: () => {}, hurry: () => {} };
    },
  };
  const cluster = new SimCluster({ seed: "in force", start, clusterName: "x", policySource: () => source });
  const good = (commit: string): PolicyNews => ({
    ...{ kind: "good", policy: aPolicy({ cluster: "x", commit }), source: "git", text: null },
  });
  const pass = () => cluster.clock.runUntil(() => false, cluster.clock.now() + 2 * MINUTE);
  cluster.startBot("a");
  await pass();
  expect(atFirst, "nothing ever").toEqual([null]);
  heard[0]?.(good("3f2a9c1"));
  expect(told[0]?.()).toMatchObject({ source: "git", commit: "3f2a9c1" });
  await pass();
  cluster.killBot("a");
  cluster.startBot("b");
  await pass();
  expect(atFirst[1], "on record").toMatchObject({ source: "git", commit: "3f2a9c1" });
  heard[1]?.(good("0ther"));
  expect(told[1]?.()).toMatchObject({ source: "git", commit: "0ther" });
});
