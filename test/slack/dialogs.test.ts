import { describe, expect, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "../../bot/core/instant.ts";
import { ANA, BEN } from "../../bot/sim/slack/a-workspace.ts";
import { clickEnvelope } from "../../bot/sim/slack/envelope.ts";
import type { Entries } from "../../bot/sim/slack/form.ts";
import { buttonsOf, type Person } from "../../bot/sim/slack/person.ts";
import { aPolicy } from "./a-policy.ts";
import type { Office } from "./office.ts";
import { actionOn, Night } from "./office-night.ts";
import { CONTROL_PLANES, WORKER } from "./starting-cluster.ts";

const ASKED = /^🔐 control-plane: \d nodes? wants? to reboot/;
const BLOCKED = /^⛔/;
const LATER = '[{ from: "23:00", to: "05:00" }]';

/** Opens the dialog of that verb on the newest card with that first line. */
async function opened(night: Night, user: string, headline: RegExp, verb: string): Promise<Person> {
  await night.press(user, await night.card(headline), verb);
  const person = night.office.person(user);
  expect(person.view()).not.toBeNull();
  return person;
}

const lastTold = (person: Person): string => person.ephemerals().at(-1)?.text ?? "";

/** Sends the dialog off, and waits for the answer. */
async function sent(night: Night, person: Person, values: Entries = {}): Promise<string> {
  await night.office.done(() => person.submit(values));
  expect(person.view()).toBeNull();
  return lastTold(person);
}

const blocksOf = (person: Person): string => JSON.stringify(person.view()?.blocks);

describe("skip", () => {
  test("what is wrong stays in the dialog, at its field, and what is right closes it and counts", async () => {
    const night = await Night.begin({ policy: aPolicy() });
    const ana = await opened(night, ANA, ASKED, "skip");
    await ana.submit({ time: "soon" });
    expect(ana.view()?.errors).toEqual({ time: expect.stringContaining("I can't read that time.") });
    await ana.submit({ time: "in 30 days" });
    expect(ana.view()?.errors).toEqual({ time: expect.stringContaining("They may be skipped for 7 d at most") });
    expect(night.decisions()).toEqual([]);
    expect(await sent(night, ana, { time: "tomorrow 9am" })).toMatch(/skipped until Tue Dec 1, 09:00 CST/);
    expect(night.decisions()).toEqual(["skip counted"]);
    await night.office.pass(HOUR);
    expect(CONTROL_PLANES.map((node) => night.holdsOf(node).includes("skipped"))).toEqual([true, true, true]);
  });

  test("one of the choices, for one of the nodes", async () => {
    const night = await Night.begin({ policy: aPolicy() });
    const ana = await opened(night, ANA, ASKED, "skip");
    const asked = { choice: "Tue Dec 1, 09:00 CST (tomorrow)", nodes: ["abal-kuber01"] };
    expect(await sent(night, ana, asked)).toMatch(/^abal-kuber01 .*Tue Dec 1, 09:00 CST/);
    await night.office.pass(HOUR);
    expect(CONTROL_PLANES.map((node) => night.holdsOf(node).includes("skipped"))).toEqual([true, false, false]);
  });
});

describe("force", () => {
  test("by two people: the first is told that one more must confirm, the second confirms", async () => {
    const night = await Night.begin({ policy: aPolicy() });
    const ana = await opened(night, ANA, BLOCKED, "force");
    expect(blocksOf(ana)).toContain("A second person of leads must confirm within");
    await ana.submit({ reason: "..." });
    expect(ana.view()?.errors).toEqual({ reason: "Say why, for those who read it later." });
    expect(await sent(night, ana, { reason: "the fix must go in" })).toContain("1 more of leads must confirm");
    await night.office.pass(MINUTE);
    const again = await opened(night, ANA, BLOCKED, "force");
    expect(await sent(night, again, { reason: "I am sure" })).toMatch(/^You already forced abal-kuber04/);
    const ben = await opened(night, BEN, BLOCKED, "force");
    expect(blocksOf(ben)).toMatch(/ana asked for this at 22:\d\d CST\. You confirm it\./);
    expect(await sent(night, ben, { reason: "I looked at it too" })).toContain(WORKER);
    expect(await night.office.until(() => night.isRebooted(WORKER))).toBe(true);
  });

  test("by one person, where one is enough", async () => {
    const night = await Night.begin({
      policy: aPolicy().replace("force: { by: leads, people: 2 }", "force: { by: leads, people: 1 }"),
    });
    const ana = await opened(night, ANA, BLOCKED, "force");
    expect(ana.view()?.submit).toBe("Force");
    await sent(night, ana, { reason: "web may be down" });
    expect(await night.office.until(() => night.isRebooted(WORKER))).toBe(true);
    expect(night.decisions()).toEqual(["force counted"]);
  });
});

test("pause: from the board's dialog, and resume on the board", async () => {
  const night = await Night.begin({ policy: aPolicy() });
  const { office } = night;
  const card = await night.card(ASKED);
  const ana = await opened(night, ANA, /^abal-kuber/, "pause");
  expect(await sent(night, ana, { reason: "etcd upgrade" })).toMatch(/paused/i);
  await night.press(BEN, card, "approve");
  await office.pass(HOUR);
  expect(CONTROL_PLANES.map((node) => night.isRebooted(node))).toEqual([false, false, false]);
  expect(night.shown(/^abal-kuber .*paused/)?.blocks.length).toBeGreaterThan(0);
  expect(await night.press(BEN, await night.card(/^abal-kuber/), "resume")).toMatch(/resume|go on/i);
  expect(await night.controlPlaneIsDone()).toBe(true);
});

const twice: readonly (readonly [string, number])[] = [
  ["to one replica", 0],
  ["to two replicas", 2],
];
describe.each(twice)("a submission delivered twice %s", (_, second) => {
  const begun = async () => {
    const chosen = { index: 0 };
    const choose = (count: number): number => chosen.index % count;
    const night = await Night.begin({ policy: aPolicy(), server: { choose } }, ["a", "b"]);
    const ana = await opened(night, ANA, ASKED, "skip");
    return { night, office: night.office, ana, chosen, before: ana.ephemerals().length };
  };
  /** What came last, once more. */
  const again = async ({ server }: Office): Promise<void> => {
    const last = server.sendings.findLast(({ envelope }) => envelope.type === "interactive");
    if (last === undefined) throw new Error("no submission");
    await server.deliver(last.envelope);
  };

  test("one after the other is one decision and one answer", async () => {
    const { night, office, ana, chosen, before } = await begun();
    await sent(night, ana, { time: "tomorrow 9am" });
    await office.pass(10 * SECOND);
    chosen.index = second;
    await again(office);
    await office.pass(MINUTE);
    expect(night.decisions()).toEqual(["skip counted"]);
    expect(ana.ephemerals().length - before).toBe(1);
  });

  test("at once is one decision", async () => {
    const { night, office, ana, chosen, before } = await begun();
    const sending = ana.submit({ time: "tomorrow 9am" });
    chosen.index = second;
    await office.done(() => Promise.all([sending, again(office)]));
    await office.pass(MINUTE);
    expect(night.decisions()).toEqual(["skip counted"]);
    expect(ana.ephemerals().length - before).toBe(1);
  });
});

describe("a dialog that can't open in time", () => {
  test("an expired trigger is said, with what to reply", async () => {
    const night = await Night.begin({ policy: aPolicy() });
    const { office } = night;
    const message = await night.card(ASKED);
    const placed = buttonsOf(message).find(({ button }) => button["action_id"] === actionOn(message, "skip"));
    if (placed === undefined) throw new Error("no button");
    const click = clickEnvelope(office.workspace, { user: ANA, message, ...placed, responseUrl: "" });
    await office.pass(4 * SECOND);
    await office.done(() => office.server.deliver(click));
    expect(lastTold(office.person(ANA))).toBe(
      "Slack did not open the dialog (`expired_trigger_id`). Click again, or reply in this thread: skip until fri 18:00",
    );
  });

  test("while the cluster's API takes 3 s for each answer that is said in time, with what to reply", async () => {
    const slow = { is: false };
    const delays = (process: string): number => (slow.is && process.startsWith("bot") ? 3 * SECOND : 0);
    const night = await Night.begin({ policy: aPolicy(), cluster: { tamper: { delays } } });
    const { office } = night;
    const card = await night.card(ASKED);
    slow.is = true;
    const before = office.now;
    expect(await night.press(ANA, card, "skip")).toBe(
      "The cluster's API is slow now, so no dialog can open in time. Click again in a minute, or reply in this thread: skip until fri 18:00",
    );
    expect(office.now - before).toBeLessThan(3 * SECOND);
    expect(await night.reply(ANA, card, "skip until tue 18:00")).toContain("skipped until Tue Dec 1, 18:00 CST");
  });
});

test("a dialog of a card whose nodes were rebooted meanwhile decides nothing, and says so", async () => {
  const night = await Night.begin({ policy: aPolicy({ windows: LATER }) });
  const { office } = night;
  const ana = await opened(night, ANA, ASKED, "skip");
  for (const node of CONTROL_PLANES) office.cluster.hosts.get(node)?.goDown();
  await office.pass(10 * MINUTE);
  expect(await sent(night, ana, { time: "tomorrow 9am" })).toBe(
    "This changed since the card was drawn: abal-kuber01, abal-kuber02, abal-kuber03: the node was rebooted. Look again, then decide.",
  );
  expect(night.decisions().filter((one) => one.endsWith("counted"))).toEqual([]);
});

test("a force dialog of a node that was rebooted meanwhile is refused, with what changed", async () => {
  const night = await Night.begin({ policy: aPolicy() });
  const { office } = night;
  const ana = await opened(night, ANA, BLOCKED, "force");
  office.cluster.hosts.get(WORKER)?.goDown();
  await office.pass(10 * MINUTE);
  expect(await sent(night, ana, { reason: "the fix must go in" })).toBe(
    "This changed since the card was drawn: abal-kuber04: the node was rebooted. Look again, then decide.",
  );
  expect(night.decisions()).toEqual(["force refused"]);
});
