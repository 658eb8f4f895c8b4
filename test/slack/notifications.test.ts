import { expect, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "../../bot/core/instant.ts";
import { ANA, BEN, OPS } from "../../bot/sim/slack/a-workspace.ts";
import { BOT } from "../../bot/sim/slack/directory.ts";
import { aPolicy } from "./a-policy.ts";
import { Night } from "./office-night.ts";
import { CONTROL_PLANES, WORKER } from "./starting-cluster.ts";

/** What of the bot's a person was notified of, as "mention 🔐 control-plane: …", in order. */
function heardBy({ office }: Night, user: string): readonly string[] {
  const { workspace } = office;
  const posted = new Map(
    workspace.log.events.flatMap((event) =>
      event.kind === "posted" && event.message.user === BOT.userId ? [[event.message.ts, event.message]] : [],
    ),
  );
  return workspace.notifications.flatMap((one) => {
    const message = posted.get(one.ts);
    if (message === undefined || one.user !== user) return [];
    const where = message.threadTs === null ? "" : message.broadcast ? "broadcast " : "in the thread ";
    const [headline = ""] = message.text.split("\n");
    return [`${one.kind} ${where}${headline.replace(/ *(<[!@][^>]*>|\*)/g, "")}`];
  });
}

const firstLines = ({ office }: Night): readonly string[] =>
  office.workspace
    .messages(OPS)
    .filter(({ user, threadTs }) => user === BOT.userId && threadTs === null)
    .map(({ text }) => text.split("\n")[0] ?? "");

test("the starting cluster's whole story notifies of the board, the question, the block, and of nothing else", async () => {
  const night = await Night.begin({ policy: aPolicy({ windows: '[{ from: "05:00", to: "08:00" }]' }) });
  const { office } = night;
  const blocked = await night.card(/^⛔/);
  const approval = await night.card(/^🔐/);
  await office.pass(3 * HOUR);
  await night.press(ANA, approval, "approve");
  await night.press(BEN, blocked, "retry");
  await office.pass(HOUR);
  expect(await night.reply(ANA, blocked, "force: the fix must go in")).toContain("1 more of leads must confirm");
  await night.reply(BEN, blocked, "force: I looked at it too");
  expect(await office.until(() => night.isRebooted(WORKER))).toBe(true);
  await office.pass(3 * HOUR);
  expect(await night.controlPlaneIsDone()).toBe(true);
  await office.pass(10 * MINUTE);

  expect(firstLines(night)).toEqual([
    "abal-kuber · 0 of 4 to go",
    "✅ abal-kuber04 was rebooted",
    expect.stringMatching(/^✅ control-plane: 3 of 3 rebooted in 1\d min, Tue Dec 1, 05:00-05:1\d CST$/),
  ]);
  for (const user of [ANA, BEN]) {
    expect(heardBy(night, user)).toEqual([
      "message abal-kuber · 0 of 4 to go",
      "mention ⛔ abal-kuber04 can't be drained: PDB web/web allows no eviction",
      "mention 🔐 control-plane: 3 nodes want to reboot. Approve?",
      "mention in the thread 🔐 control-plane: 3 nodes want to reboot. Approve? The window opens 05:00 CST.",
      // The try that ben asked for met the budget as well.
      "mention in the thread ⛔ abal-kuber04 can't be drained: PDB web/web allows no eviction",
    ]);
  }
  expect(office.workspace.pins(OPS)).toHaveLength(1);
});

test("a node that does not come back in time and then does is called out once, to all", async () => {
  const [slow] = CONTROL_PLANES;
  const night = await Night.begin({
    policy: aPolicy({ controlPlane: "    reboot: { backWithin: 5m }" }),
    bootOf: (node) => (node === slow ? 20 * MINUTE : 20 * SECOND),
  });
  const { office } = night;
  await night.press(ANA, await night.card(/^🔐/), "approve");
  expect((await night.card(/^🛑/)).text).toContain(slow);
  expect(await night.controlPlaneIsDone()).toBe(true);
  await office.pass(10 * MINUTE);

  expect(firstLines(night)).toEqual([
    "abal-kuber · 1 of 4 to go · 1 blocked",
    "⛔ abal-kuber04 can't be drained: PDB web/web allows no eviction",
    "✅ control-plane: 3 of 3 rebooted in 32 min, Mon Nov 30, 22:11-22:42 CST",
    "✅ abal-kuber01 is back",
  ]);
  for (const user of [ANA, BEN]) {
    expect(heardBy(night, user)).toEqual([
      "message abal-kuber · 0 of 4 to go",
      "mention ⛔ abal-kuber04 can't be drained: PDB web/web allows no eviction",
      "mention 🔐 control-plane: 3 nodes want to reboot. Approve?",
      "mention 🛑 abal-kuber01 did not come back",
    ]);
  }
});

const EVE = "U0EVE00001";

test("a node that comes back unwell is called out again, to all: also to who is in the channel and no operator", async () => {
  const [slow] = CONTROL_PLANES;
  const users = [ANA, BEN, EVE].map((id) => ({ id, name: id.slice(2, 5).toLowerCase() }));
  const channels = [{ id: OPS, name: "ops", members: [ANA, BEN, EVE, BOT.userId] }];
  const night = await Night.begin({
    policy: aPolicy({ controlPlane: "    reboot: { backWithin: 5m }" }),
    workspace: { users, channels },
    bootOf: (node) => (node === slow ? 20 * MINUTE : 20 * SECOND),
  });
  const { office } = night;
  await night.press(ANA, await night.card(/^🔐/), "approve");
  await night.card(/^🛑/);
  await office.until(() => office.cluster.hosts.get(slow)?.boots() === 2);
  office.cluster.stopAgent(slow, HOUR);
  expect((await night.card(/^🛑 .* is not well after its reboot/)).text).toContain(slow);
  expect(await night.controlPlaneIsDone()).toBe(true);
  await office.pass(10 * MINUTE);

  expect(firstLines(night).at(-1)).toBe("✅ abal-kuber01 is back");
  const heard = (kind: string): readonly string[] => [
    "message abal-kuber · 0 of 4 to go",
    `${kind} ⛔ abal-kuber04 can't be drained: PDB web/web allows no eviction`,
    `${kind} 🔐 control-plane: 3 nodes want to reboot. Approve?`,
    `${kind} 🛑 abal-kuber01 did not come back`,
    `${kind} broadcast 🛑 abal-kuber01 is not well after its reboot`,
  ];
  expect(heardBy(night, ANA)).toEqual(heard("mention"));
  expect(heardBy(night, EVE)).toEqual(heard("message"));
});
