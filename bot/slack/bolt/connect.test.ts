import { afterEach, expect, test } from "vitest";
import type { DecisionAnswer, DecisionRequest, Decisions, Log } from "../../coordinator/ports.ts";
import { NO_PROPOSALS } from "../../coordinator/proposals.ts";
import { decide } from "../../core/decide/decide.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { NOW } from "../../core/testing/now.ts";
import { aPolicy, aPool } from "../../core/testing/policies.ts";
import { ANA, aWorkspace, BEN, OPERATORS, OPS } from "../../sim/slack/a-workspace.ts";
import { Person } from "../../sim/slack/person.ts";
import { startSlackServer } from "../../sim/slack/server.ts";
import { Desk } from "../desk.ts";
import { Outbox } from "../outbox.ts";
import { ReferenceStore } from "../references.ts";
import { ConfigMapApi } from "../testing/configmap-api.ts";
import { HandClock } from "../testing/hand-clock.ts";
import { aTurn } from "../testing/turns.ts";
import { connectSlack } from "./connect.ts";

const botToken = "xoxb-test";
const appToken = "xapp-test";
const endings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const POLICY = aPolicy({
  slackChannel: OPS,
  people: new Map([["ana", { name: "ana", slack: ANA, kubernetes: null }]]),
  groups: new Map([["operators", { name: "operators", people: ["ana"], slackGroups: [], kubernetesGroups: [] }]]),
  pools: [aPool({ name: "control-plane", mode: "approval", slackChannel: OPS })],
});

/** Who may approve stands in Slack alone: in a user group that ana is in. */
const BY_GROUP = aPolicy({
  ...POLICY,
  people: new Map(),
  groups: new Map([["operators", { name: "operators", people: [], slackGroups: [OPERATORS], kubernetesGroups: [] }]]),
});

/** Judges at once, with the real `decide`, and once for each name. */
class Judge implements Decisions {
  readonly asked: DecisionRequest[] = [];
  readonly #policy: Policy;

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  async ask(request: DecisionRequest): Promise<DecisionAnswer> {
    const repeated = this.asked.some(({ name }) => name === request.name);
    this.asked.push(request);
    const decision = { ...request, uid: "", version: "1", createdAt: NOW, judgement: null };
    const { snapshot } = aTurn({}, { policy: this.#policy });
    return { kind: "judged", judgement: decide(decision, snapshot, this.#policy, NOW), repeated };
  }
}

/** The real Bolt on the emulated workspace, with one approval card posted by the real outbox. */
async function aBotWithACard(clusterName = "abal-kuber", policy = POLICY) {
  const workspace = aWorkspace();
  const server = await startSlackServer({ workspace, botToken, appToken });
  endings.push(() => server.close());
  const warned: string[] = [];
  const log: Log = { info: () => {}, warn: (event, fields) => void warned.push(`${event} ${JSON.stringify(fields)}`) };
  const slack = connectSlack({ appToken, botToken, apiUrl: server.apiUrl, log });
  const references = new ReferenceStore(new ConfigMapApi(), "bootswain");
  const decisions = new Judge(policy);
  const turn = aTurn({}, { policy });
  const desk = new Desk({
    clusterName,
    proposals: NO_PROPOSALS,
    decisions,
    chat: slack.chat,
    people: slack.people,
    references,
    turn: () => turn,
    begun: Promise.resolve(),
    clock: new HandClock(),
    log,
  });
  await slack.start({
    clicked: (click) => desk.clicked(click),
    written: (written) => void desk.written(written),
    commanded: (command) => desk.commanded(command),
    errorsIn: (submission) => desk.errorsIn(submission),
    submitted: (submission) => void desk.submitted(submission),
  });
  endings.push(() => slack.stop());
  const clock = new HandClock();
  const outbox = new Outbox({ chat: slack.chat, references, clock, log });
  outbox.show(turn);
  const card = await workspace.log.until((event) => (event.kind === "posted" ? event.message : null));
  await referenceOf(references, card.ts);
  endings.push(async () => outbox.stop());
  const [ana, ben] = [new Person(workspace, server, ANA), new Person(workspace, server, BEN)];
  return { workspace, server, decisions, ana, ben, card, warned, references };
}

/** The reference is saved a moment after the message stands there. */
async function referenceOf(references: ReferenceStore, ts: string): Promise<void> {
  for (;;) {
    const read = await references.read();
    if (read.ok && read.references.some((one) => one.ts === ts)) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("a click on Approve becomes a decision about what the card showed, and is answered to that person alone", async () => {
  const { ana, ben, card, decisions } = await aBotWithACard();
  await ana.click({ channel: OPS, ts: card.ts, buttonText: "Approve" });
  expect((await ana.nextEphemeral()).text).toBe("worker-1 is approved by ana.");
  expect(decisions.asked).toMatchObject([
    {
      verb: "approve",
      by: { system: "slack", id: ANA },
      targets: [{ node: "worker-1", digest: expect.stringMatching(/\.$/) }],
    },
  ]);
  expect(ben.ephemerals()).toEqual([]);
});

test("a person who is not listed is told who is", async () => {
  const { ben, card } = await aBotWithACard();
  await ben.click({ channel: OPS, ts: card.ts, buttonText: "Approve" });
  expect((await ben.nextEphemeral()).text).toBe("Only operators may approve control-plane. Ask ana.");
});

test("approve now in the thread lets the node go now, and says until when", async () => {
  const { ana, card, decisions } = await aBotWithACard();
  await ana.reply({ channel: OPS, threadTs: card.ts, text: "approve now" });
  expect((await ana.nextEphemeral()).text).toMatch(/^worker-1 may go now, window or not, until /);
  expect(decisions.asked).toMatchObject([{ verb: "now", groups: [] }]);
});

test("who is in a user group that the policy names may decide, and nobody else", async () => {
  const { ana, ben, card, decisions, workspace } = await aBotWithACard("abal-kuber", BY_GROUP);
  expect(JSON.stringify(card.blocks)).toContain(`<!subteam^${OPERATORS}>`);
  expect(workspace.notifications).toContainEqual({ user: ANA, channel: OPS, ts: card.ts, kind: "mention" });
  await ben.click({ channel: OPS, ts: card.ts, buttonText: "Approve" });
  expect((await ben.nextEphemeral()).text).toContain("Only operators may approve control-plane.");
  await ana.click({ channel: OPS, ts: card.ts, buttonText: "Approve" });
  expect((await ana.nextEphemeral()).text).toBe(`worker-1 is approved by slack:${ANA}.`);
  expect(decisions.asked.map(({ groups }) => groups)).toEqual([[], [OPERATORS]]);
});

test("while Slack does not say who is in a user group, nobody is; and the next click is judged anew", async () => {
  const { ana, card, server, warned } = await aBotWithACard("abal-kuber", BY_GROUP);
  server.failNext("usergroups.users.list", { kind: "error", error: "missing_scope" });
  await ana.click({ channel: OPS, ts: card.ts, buttonText: "Approve" });
  expect((await ana.nextEphemeral()).text).toContain("Only operators may approve control-plane.");
  expect(warned.filter((line) => line.startsWith("slack user group not read"))).toHaveLength(1);
  await ana.click({ channel: OPS, ts: card.ts, buttonText: "Approve" });
  expect((await ana.nextEphemeral()).text).toBe(`worker-1 is approved by slack:${ANA}.`);
});

test("a double click is one decision", async () => {
  const { ana, card, decisions } = await aBotWithACard();
  await Promise.all([1, 2].map(() => ana.click({ channel: OPS, ts: card.ts, buttonText: "Approve" })));
  await ana.nextEphemeral();
  await ana.nextEphemeral();
  expect(new Set(decisions.asked.map(({ name }) => name)).size).toBe(1);
});

test("a reply in the card's thread decides, and plain talk does not", async () => {
  const { ana, card, decisions } = await aBotWithACard();
  await ana.reply({ channel: OPS, threadTs: card.ts, text: "looks good to me" });
  await ana.reply({ channel: OPS, threadTs: card.ts, text: "approve 1" });
  expect((await ana.nextEphemeral()).text).toBe("worker-1 is approved by ana.");
  expect(decisions.asked).toHaveLength(1);
});

test("while Slack opens no dialog, Skip… answers with the reply to type", async () => {
  const { ana, card, decisions, server } = await aBotWithACard();
  server.failNext("views.open", { kind: "error", error: "expired_trigger_id" });
  await ana.click({ channel: OPS, ts: card.ts, buttonText: "Skip…" });
  expect((await ana.nextEphemeral()).text).toBe(
    "Slack did not open the dialog (`expired_trigger_id`). Click again, or reply in this thread: skip until fri 18:00",
  );
  expect(decisions.asked).toEqual([]);
});

test("a card of another cluster is answered with what is wrong", async () => {
  const { ana, card, decisions } = await aBotWithACard("other");
  await ana.click({ channel: OPS, ts: card.ts, buttonText: "Approve" });
  expect((await ana.nextEphemeral()).text).toMatch(/^This card is of cluster abal-kuber, and I am the bot of other/);
  expect(decisions.asked).toEqual([]);
});
