import { expect, test } from "vitest";
import { MINUTE, SECOND } from "../../../bot/core/instant.ts";
import { ANA, BEN, OPS } from "../../../bot/sim/slack/a-workspace.ts";
import { BOT } from "../../../bot/sim/slack/directory.ts";
import type { Fault } from "../../../bot/sim/slack/fault.ts";
import { aPolicy } from "../a-policy.ts";
import { largeFleet, NODES, POOLS } from "../large-fleet.ts";
import type { Office } from "../office.ts";
import { Night } from "../office-night.ts";
import { WORKER } from "../starting-cluster.ts";

const ASKED = /^🔐 control-plane: \d nodes? wants? to reboot/;

const limits: readonly (readonly [string, Fault])[] = [
  ["with", { kind: "rate-limited", retryAfterSeconds: 30 }],
  ["without", { kind: "rate-limited" }],
];

test.each(limits)("429 %s Retry-After on post: each card is posted once, later", async (_, limit) => {
  const night = await Night.begin({ policy: aPolicy() }, []);
  const { office } = night;
  office.server.failNext("chat.postMessage", limit, limit, limit);
  await office.startBot("a");
  await night.card(ASKED);
  await office.pass(5 * MINUTE);
  const firsts = night.headlines().map((line) => line.slice(0, 2));
  expect([...firsts].sort()).toEqual(["ab", "⛔ ", "🔐"]);
});

test.each(limits)("429 %s Retry-After on update: what is newest is shown later", async (_, limit) => {
  const night = await Night.begin({ policy: aPolicy() });
  const { office } = night;
  const card = await night.card(ASKED);
  office.server.failNext("chat.update", limit, limit, limit);
  await night.press(ANA, card, "approve");
  expect(await night.controlPlaneIsDone()).toBe(true);
  await office.pass(5 * MINUTE);
  expect(night.shown(/^✅ control-plane: 3 of 3 rebooted/)?.ts).toBe(card.ts);
  expect(night.headlines()).toHaveLength(3);
});

test.each(limits)("429 %s Retry-After on open: it is said what to reply instead", async (_, limit) => {
  const night = await Night.begin({ policy: aPolicy() });
  const { office } = night;
  const card = await night.card(ASKED);
  office.server.failNext("views.open", limit);
  expect(await night.press(ANA, card, "skip")).toBe(
    "Slack did not open the dialog (ratelimited). Click again, or reply in this thread: skip until fri 18:00",
  );
  await night.press(ANA, card, "skip");
  expect(office.person(ANA).view()?.title).toBe("Skip");
});

test("a noisy channel must not delay replies", async () => {
  const night = await Night.begin({ policy: aPolicy() });
  const { office } = night;
  const card = await night.card(ASKED);
  for (const method of ["chat.update", "chat.postMessage"])
    office.server.failEvery(method, 1, { kind: "rate-limited", retryAfterSeconds: 300 });
  await office.pass(MINUTE);
  const before = office.now;
  expect(await night.press(ANA, card, "approve")).toContain("is approved by ana");
  expect(office.now - before).toBeLessThan(5 * SECOND);
});

/** What Slack did not take, and how long the longest of what it took is. */
function shownBy({ workspace }: Office) {
  const ours = workspace.messages(OPS).filter(({ user }) => user === BOT.userId);
  const sections = ours.flatMap(({ blocks }) =>
    blocks.map((block) => String(Reflect.get(Object(Reflect.get(Object(block), "text")), "text"))),
  );
  return {
    ours,
    refused: workspace.log.events.filter(({ kind }) => kind === "refused"),
    cards: ours.filter(({ text }) => text.startsWith("🔐")),
    blocks: Math.max(...ours.map(({ blocks }) => blocks.length)),
    texts: ours.map(({ text }) => text),
    sections,
  };
}

test("200 nodes pending: a board and a card for each pool, all of which Slack takes", async () => {
  const office = await largeFleet(NODES);
  await office.until(() => shownBy(office).cards.length === POOLS.length, 30 * MINUTE);
  await office.pass(5 * MINUTE);
  const { refused, cards, texts } = shownBy(office);
  expect([refused, cards.length, texts.length]).toEqual([[], POOLS.length, POOLS.length + 1]);
  expect(texts.find((text) => text.startsWith("abal-kuber"))).toContain("200 of 200 to go");
});

test("51 blocks: with 60 pools the board has 50 at most, and says what it leaves out", async () => {
  const nodes = Array.from({ length: 60 }, (_, index) => ({ name: `node-${index}`, pool: `pool-${index}` }));
  const office = await largeFleet(nodes);
  await office.pass(20 * MINUTE);
  const { refused, blocks, ours } = shownBy(office);
  expect(refused).toEqual([]);
  expect(blocks).toBeLessThanOrEqual(50);
  expect(blocks).toBeGreaterThan(40);
  expect(JSON.stringify(ours)).toMatch(/more pools/);
});

test("3,001 characters: 100 nodes with names of 63 in one pool are a card that Slack takes", async () => {
  const nodes = Array.from({ length: 100 }, (_, index) => ({ name: `${index}-`.padEnd(63, "n"), pool: "long" }));
  const office = await largeFleet(nodes);
  await office.until(() => shownBy(office).cards.length > 0, 30 * MINUTE);
  const { refused, sections } = shownBy(office);
  expect(refused).toEqual([]);
  expect(Math.max(...sections.map(({ length }) => length))).toBeLessThanOrEqual(3_000);
  expect(Math.max(...sections.map(({ length }) => length))).toBeGreaterThan(500);
});

test("multibyte cut: a reason of many smileys is cut between two of them", async () => {
  const why = `kernel ${"😀".repeat(2_000)}`;
  const office = await largeFleet([
    { name: "node-0", pool: "one", why },
    { name: "node-1", pool: "one", why: `x${why}` },
  ]);
  await office.until(() => shownBy(office).cards.length > 0, 30 * MINUTE);
  const { refused, sections } = shownBy(office);
  expect(refused).toEqual([]);
  expect(sections.join("")).toContain("😀");
  expect(sections.every((text) => text.isWellFormed())).toBe(true);
});

test("mrkdwn injection through node or pod names notifies nobody, and makes no link", async () => {
  const eve = "U0EVE00001";
  const names = ["<!channel>", "<!here|x>", `<@${eve}>`, "<https://evil.example|ok>", "*_~`"];
  const workspace = {
    users: [
      { id: ANA, name: "ana" },
      { id: BEN, name: "ben" },
      { id: eve, name: "eve" },
    ],
    channels: [{ id: OPS, name: "ops", members: [ANA, BEN, eve, BOT.userId] }],
  };
  const night = await Night.begin({ policy: aPolicy({ operators: "{ people: [ana] }" }), workspace }, []);
  const { office } = night;
  for (const name of names) {
    office.cluster.addNode({ name, labels: { "node-role.kubernetes.io/control-plane": "true" } }).need(name);
    office.cluster.startAgent(name);
    office.cluster.workloads.deploy({ namespace: "web", name, replicas: 1, graceSeconds: 5, onlyOn: WORKER });
    office.cluster.workloads.addBudget({ namespace: "web", name, promise: { minAvailable: 1 } });
  }
  await office.startBot("a");
  const card = await night.card(/^🔐 control-plane: 8 nodes/);
  await office.until(() => (night.shown(/^⛔/)?.text ?? "").includes("channel"));
  expect(await night.press(ANA, card, "approve")).toContain("&lt;!channel&gt; is approved by ana");
  await night.reply(ANA, card, "skip &lt;!channel&gt; for 2h");
  expect(await night.press(ANA, await night.card(/^⛔/), "force")).not.toContain("<");

  expect(office.workspace.notifications.filter(({ user }) => user === eve).map(({ kind }) => kind)).toEqual(
    Array(3).fill("message"),
  );
  expect(shownBy(office).refused).toEqual([]);
  const shown = JSON.stringify([office.workspace.messages(OPS), office.person(ANA).ephemerals()]);
  expect(shown).toContain("&lt;!channel&gt;");
  expect(shown.match(/<[!h][^>]*(channel|here|evil)[^>]*>|<@U0EVE00001>/g)).toBeNull();
});
