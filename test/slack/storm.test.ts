import { expect, test } from "vitest";
import { MINUTE, SECOND } from "../../bot/core/instant.ts";
import { at, text } from "../../bot/sim/rules/world.ts";
import { OPS } from "../../bot/sim/slack/a-workspace.ts";
import { BOT } from "../../bot/sim/slack/directory.ts";
import type { Message } from "../../bot/sim/slack/message.ts";
import type { Person } from "../../bot/sim/slack/person.ts";
import { ReferenceStore } from "../../bot/slack/references.ts";
import { board } from "../../bot/slack/view/board.ts";
import { largeFleet, NODES, PEOPLE, POOLS } from "./large-fleet.ts";
import type { Office } from "./office.ts";
import { actionOn } from "./office-night.ts";

const METHODS = [
  "chat.postMessage",
  "chat.update",
  "chat.postEphemeral",
  "users.info",
  "usergroups.users.list",
  "pins.add",
];

const cardsIn = (office: Office): readonly Message[] =>
  office.workspace.messages(OPS).filter((message) => /^🔐 pool-\d\d: \d+ nodes want to reboot/.test(message.text));

interface Wish {
  readonly card: Message;
  readonly person: Person;
}

/** Presses again until Slack shows no error: what was not acknowledged in time is not known to have been heard. */
async function press(office: Office, { card, person }: Wish): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    const { acked } = await person.click({
      channel: OPS,
      ts: card.ts,
      actionId: actionOn(card, "approve"),
      seen: card,
    });
    if (acked) return tries;
    if (office.server.connections === 0) await office.server.connected(1);
  }
}

/** Half of the clicks are on their way when the sockets are cut, and half come in the gap. */
async function second(office: Office, wishes: readonly Wish[]): Promise<readonly number[]> {
  const half = Math.ceil(wishes.length / 2);
  const early = wishes.slice(0, half).map((wish) => press(office, wish));
  office.server.dropSockets();
  const late = wishes.slice(half).map((wish) => press(office, wish));
  await office.pass(SECOND);
  return office.during(Promise.all([...early, ...late]));
}

/** How often the person was answered about the nodes of this card. */
function answersTo({ card, person }: Wish): number {
  const [pool = ""] = /pool-\d\d/.exec(card.text) ?? [];
  const first = NODES.find((node) => node.pool === pool)?.name ?? "";
  return person.ephemerals().filter(({ text: says }) => says.includes(first)).length;
}

/** Whether what Slack shows is what a board of now would be; each sending has block ids of its own. */
async function isOfNow(office: Office): Promise<boolean> {
  const read = await new ReferenceStore(office.api(), "bootswain").read();
  const turn = office.cluster.leaderTurn();
  const shown = office.workspace.messages(OPS).find(({ text: title }) => title.startsWith("abal-kuber"));
  if (turn?.policy === undefined || shown === undefined) return false;
  const wanted = board(turn, turn.policy, OPS, read.ok ? read.references : []);
  const plain = (blocks: readonly unknown[]): string =>
    JSON.stringify(blocks).replace(/"block_id":"[^"]*",?|,"block_id":"[^"]*"/g, "");
  return shown.text === wanted.text && plain(shown.blocks) === plain(wanted.blocks);
}

/** Half a minute on a machine that has nothing else to do: most of it is waiting for connections. */
const LONGEST = 180_000;

test(
  "200 pending nodes, 300 clicks by 20 people in 10 s, sockets cut each second, every fifth call 429",
  async () => {
    const office = await largeFleet(NODES, ["a", "b"]);
    const { workspace, server, cluster } = office;
    expect(await office.until(() => cardsIn(office).length === POOLS.length, 30 * MINUTE)).toBe(true);
    const cards = cardsIn(office);
    for (const method of METHODS) server.failEvery(method, 5, { kind: "rate-limited", retryAfterSeconds: 1 });
    const sentAt: number[] = [];
    workspace.log.listen((event) => {
      const isOurs = (event.kind === "posted" || event.kind === "edited") && event.message.user === BOT.userId;
      if (isOurs) sentAt.push(office.now);
    });
    const people = PEOPLE.map((id) => office.person(id));
    const wishes = cards.flatMap((card) => people.map((person) => ({ card, person })));
    const tries: number[] = [];
    for (let start = 0; start < wishes.length; start += wishes.length / 10)
      tries.push(...(await second(office, wishes.slice(start, start + wishes.length / 10))));
    await office.pass(3 * MINUTE);

    const answers = wishes.map(answersTo);
    expect(answers.filter((count, index) => count < 1 || count > (tries[index] ?? 0))).toEqual([]);
    const decisions = cluster.store.all("rebootdecisions");
    const who = decisions.map(
      (one) => `${text(at(one, "spec", "by", "id"))} ${JSON.stringify(at(one, "spec", "targets"))}`,
    );
    expect([decisions.length, new Set(who).size]).toEqual([wishes.length, wishes.length]);
    expect(decisions.filter((one) => text(at(one, "status", "outcome")) === "counted")).toHaveLength(2 * POOLS.length);
    expect(decisions.filter((one) => text(at(one, "status", "outcome")) === "")).toEqual([]);
    expect(await isOfNow(office)).toBe(true);
    const gaps = sentAt.slice(1).map((time, index) => time - (sentAt[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(SECOND);
  },
  LONGEST,
);
