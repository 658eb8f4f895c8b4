import { expect, test } from "vitest";
import { ANA, BEN, OPS } from "../../../bot/sim/slack/a-workspace.ts";
import { clickEnvelope, messageEvents } from "../../../bot/sim/slack/envelope.ts";
import { buttonsOf } from "../../../bot/sim/slack/person.ts";
import { aPolicy } from "../a-policy.ts";
import { actionOn, Night } from "../office-night.ts";
import { CONTROL_PLANES } from "../starting-cluster.ts";

const ASKED = /^🔐 control-plane: 3 nodes want/;

/** Slack chooses one of all sockets; this one chooses as the test says. */
function sockets() {
  const chosen = { index: 0 };
  return { chosen, choose: (count: number) => chosen.index % count };
}

async function aReply(night: Night, words: string) {
  const { office } = night;
  const { ts } = await night.card(ASKED);
  const [event, ...more] = messageEvents(
    office.workspace,
    office.workspace.say({ channel: OPS, threadTs: ts, text: words, user: ANA }),
  );
  if (event === undefined || more.length > 0) throw new Error("not one event");
  return event;
}

test("the same event twice, before a restart, is one decision and one answer", async () => {
  const night = await Night.begin({ policy: aPolicy() });
  const { office } = night;
  const event = await aReply(night, "approve");
  await office.done(() => office.server.deliver(event));
  await office.server.deliver(event);
  expect(await night.controlPlaneIsDone()).toBe(true);
  expect(night.decisions()).toEqual(["approve counted"]);
  expect(office.person(ANA).ephemerals()).toHaveLength(1);
});

test("the same event twice, before and after a restart, is one decision and one answer", async () => {
  const night = await Night.begin({ policy: aPolicy() });
  const { office } = night;
  const event = await aReply(night, "approve");
  await office.done(() => office.server.deliver(event));
  await office.killBot("a");
  await office.until(() => office.cluster.livingBots().length === 1);
  await office.server.connected(2);
  await office.done(() => office.server.deliver(event));
  expect(await night.controlPlaneIsDone()).toBe(true);
  expect(night.decisions()).toEqual(["approve counted"]);
  expect(office.person(ANA).ephemerals()).toHaveLength(1);
});

test("the same event on two replicas is one decision and one answer", async () => {
  const { chosen, choose } = sockets();
  const night = await Night.begin({ policy: aPolicy(), server: { choose } }, ["a", "b"]);
  const { office } = night;
  const event = await aReply(night, "approve");
  await office.done(async () => {
    await office.server.deliver(event);
    chosen.index = 2;
    await office.server.deliver(event);
  }, 2);
  const links = office.server.sendings.filter(({ envelope }) => envelope === event).map(({ link }) => link);
  expect(new Set(links).size).toBe(2);
  expect(await night.controlPlaneIsDone()).toBe(true);
  expect(night.decisions()).toEqual(["approve counted"]);
  expect(office.person(ANA).ephemerals()).toHaveLength(1);
});

test("the same envelope of a click on two replicas is one decision", async () => {
  const { chosen, choose } = sockets();
  const night = await Night.begin({ policy: aPolicy(), server: { choose } }, ["a", "b"]);
  const { office } = night;
  const message = await night.card(ASKED);
  const placed = buttonsOf(message).find(({ button }) => JSON.stringify(button).includes("approve:"));
  if (placed === undefined) throw new Error("no button");
  const click = clickEnvelope(office.workspace, { user: ANA, message, ...placed, responseUrl: "" });
  await office.done(async () => {
    await office.server.deliver(click);
    chosen.index = 2;
    await office.server.deliver(click);
  }, 2);
  expect(night.decisions()).toEqual(["approve counted"]);
});

test("approve and skip racing: both are answered, and what is skipped does not go", async () => {
  const night = await Night.begin({ policy: aPolicy() }, ["a", "b"]);
  const { office } = night;
  const { ts } = await night.card(ASKED);
  await office.done(
    () =>
      Promise.all([
        office.person(ANA).reply({ channel: OPS, threadTs: ts, text: "approve 01" }),
        office.person(BEN).reply({ channel: OPS, threadTs: ts, text: "skip 01 for 3h" }),
      ]),
    2,
  );
  expect([...night.decisions()].sort()).toEqual(["approve counted", "skip counted"]);
  expect(office.person(ANA).ephemerals()).toHaveLength(1);
  expect(office.person(BEN).ephemerals()).toHaveLength(1);
  await office.pass(30 * 60_000);
  expect(night.isRebooted(CONTROL_PLANES[0])).toBe(false);
  expect(night.holdsOf(CONTROL_PLANES[0])).toContain("skipped");
});

test("two people at once: one wins, the other is told", async () => {
  const night = await Night.begin({ policy: aPolicy() }, ["a", "b"]);
  const { office } = night;
  const card = await night.card(ASKED);
  const actionId = actionOn(card, "approve");
  const [ana, ben] = [office.person(ANA), office.person(BEN)];
  const press = (person: typeof ana) => person.click({ channel: OPS, ts: card.ts, actionId, seen: card });
  await office.done(() => Promise.all([press(ana), press(ben)]), 2);
  const said = [...ana.ephemerals(), ...ben.ephemerals()].map(({ text }) => text);
  expect(said.filter((one) => /is approved by (ana|ben)/.test(one))).toHaveLength(1);
  expect(said.filter((one) => /(ana|ben) already approved abal-kuber01/.test(one))).toHaveLength(1);
  expect([...night.decisions()].sort()).toEqual(["approve counted", "approve refused"]);
});

test("a double click of one person is one decision, and each click is answered", async () => {
  const night = await Night.begin({ policy: aPolicy() }, ["a", "b"]);
  const { office } = night;
  const card = await night.card(ASKED);
  const ana = office.person(ANA);
  const press = () => ana.click({ channel: OPS, ts: card.ts, actionId: actionOn(card, "approve"), seen: card });
  await office.done(() => Promise.all([press(), press()]), 2);
  expect(night.decisions()).toEqual(["approve counted"]);
  expect(ana.ephemerals().map(({ text }) => text)).toEqual(
    Array(2).fill(expect.stringContaining("is approved by ana")),
  );
});
