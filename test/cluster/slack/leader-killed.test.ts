import { afterAll, afterEach, beforeAll, expect, onTestFailed, test } from "vitest";
import { ANA, OPS } from "../../../bot/sim/slack/a-workspace.ts";
import type { Message } from "../../../bot/sim/slack/message.ts";
import type { AuditEvent } from "../../control-plane/audit.ts";
import { listAt, stringAt } from "../../control-plane/json.ts";
import { waitFor, waitForList } from "../../control-plane/wait.ts";
import { mostSlots, phasesOf } from "../audit-checks.ts";
import { CYCLE } from "../expected-phases.ts";
import type { Program } from "../program.ts";
import { BOT_USER, isRebooted, Stage } from "../stage.ts";
import { press } from "./press.ts";

// Leader and standby on one workspace, the leader killed between a click and its effect.
const DECISIONS = "/apis/bootswain.dev/v1alpha1/rebootdecisions";
const REFERENCES = "/api/v1/namespaces/bootswain/configmaps/bootswain-slack";
const POLICY = `
apiVersion: policy.bootswain.dev/v1alpha1
kind: RebootPolicy
cluster: abal-kuber
timeZone: America/Chicago
people: { ana: { slack: ${ANA} } }
groups: { operators: { people: [ana] } }
slack: { channel: ${OPS} }
maxRebooting: 1
pools:
  - name: workers
    mode: approval
    windows: always
    may: { approve: { by: operators }, other: { by: operators } }
    reboot: { delay: 1s, backWithin: 60s }
    verify: { soak: 1s, atMost: 60s }
`;
/** Each bot has two sockets; those of the leader came first. */
const LEADERS = 0;
const STANDBYS = 2;

interface Moment {
  readonly name: string;
  readonly nodes: readonly string[];
  readonly socket: typeof LEADERS | typeof STANDBYS;
  /** Ana clicks, and the leader is killed. */
  readonly happens: (card: Message, leader: Program, node: string) => Promise<void>;
}

const exists = (node: string): Promise<unknown> =>
  waitForList(stage.plane.rest, DECISIONS, (all) => all.some((one) => isAbout(one, node)));

const isAbout = (decision: Parameters<typeof listAt>[0], node: string): boolean =>
  listAt(decision, "spec", "targets").some((target) => stringAt(target, "node") === node);

const MOMENTS: readonly Moment[] = [
  {
    name: "right after the standby acknowledged it",
    nodes: ["node-1", "node-2"],
    socket: STANDBYS,
    happens: async (card, leader) => {
      await press(stage.ana, card, "approve");
      await leader.kill();
    },
  },
  {
    name: "right after it acknowledged it itself, and she clicks again",
    nodes: ["node-3", "node-4"],
    socket: LEADERS,
    happens: async (card, leader) => {
      await press(stage.ana, card, "approve");
      await leader.kill();
      await stage.slack.connected(2);
      await press(stage.ana, card, "approve");
    },
  },
  {
    name: "right after the decision was written",
    nodes: ["node-5", "node-6"],
    socket: LEADERS,
    happens: async (card, leader, node) => {
      const killed = exists(node).then(() => leader.kill());
      // Slack shows her an error then, since the bot acknowledges once the decision is judged.
      await Promise.allSettled([press(stage.ana, card, "approve")]);
      await killed;
    },
  },
];

let stage: Stage;
const chosen = { socket: 0 };
const bots: Program[] = [];

beforeAll(async () => {
  stage = await Stage.set({
    policy: POLICY,
    nodes: MOMENTS.flatMap(({ nodes }) => nodes).map((name) => ({ name, isControlPlane: false })),
    timings: { leaseDuration: 3_000, leaseRenew: 1_000, callDeadline: 2_000 },
    slack: { choose: (count) => chosen.socket % count },
  });
});

afterEach(async () => {
  for (const bot of bots.splice(0)) await bot.kill();
});

afterAll(() => stage?.clear());

function startBot(): Program {
  const bot = stage.startBot();
  bots.push(bot);
  return bot;
}

/** The judgements of decisions about the node, by the audit log: each name with what was written of it. */
const judgedOf = (audit: readonly AuditEvent[], node: string): readonly string[] =>
  audit.flatMap(({ user, code, resource, subresource, responseObject }) =>
    user === BOT_USER && code < 300 && resource === "rebootdecisions" && subresource === "status"
      ? isAbout(responseObject, node)
        ? [`${stringAt(responseObject, "spec", "verb")} ${stringAt(responseObject, "status", "outcome")}`]
        : []
      : [],
  );

const madeOf = (audit: readonly AuditEvent[], node: string): number =>
  audit.filter(
    ({ verb, code, resource, requestURI, responseObject }) =>
      verb === "create" &&
      code === 201 &&
      resource === "rebootdecisions" &&
      !requestURI.includes("dryRun") &&
      isAbout(responseObject, node),
  ).length;

test.each(MOMENTS)("a click, and the leader killed $name: it counts once", async ({ nodes, socket, happens }) => {
  onTestFailed(() => void process.stderr.write(`${stage.botLog()}\n`));
  const leader = startBot();
  await Promise.all([leader.says("leads"), stage.slack.connected(2)]);
  const standby = startBot();
  await Promise.all([standby.says("stands by"), stage.slack.connected(4)]);
  for (const name of nodes) {
    await stage.machine(name).needReboot();
    stage.machine(name).startAgent();
  }
  const card = await stage.card(/^🔐 workers: 2 nodes want to reboot/, ({ blocks }) =>
    nodes.every((name) => JSON.stringify(blocks).includes(name)),
  );
  // What is clicked before it is remembered counts for nobody who did not post it.
  await waitFor(stage.plane.rest, REFERENCES, (kept) => stringAt(kept, "data", "references").includes(card.ts));
  chosen.socket = socket;
  await happens(card, leader, nodes[0] ?? "");
  await standby.says("leads");
  for (const name of nodes) await stage.rebootIs(name, isRebooted);
  const audit = await stage.audit();
  for (const name of nodes) {
    const { calls, bootIds } = stage.machine(name);
    expect({ name, calls, boots: bootIds.length }).toEqual({ name, calls: 1, boots: 2 });
    expect({ name, phases: phasesOf(audit, name) }).toEqual({ name, phases: CYCLE });
    expect({ name, made: madeOf(audit, name), judged: judgedOf(audit, name) }).toEqual({
      name,
      made: 1,
      judged: ["approve counted"],
    });
    await stage.removeMachine(name);
  }
  expect(mostSlots(audit)).toBe(1);
});
