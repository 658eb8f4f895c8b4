import { expect, test } from "vitest";
import { MINUTE } from "../../../bot/core/instant.ts";
import { ANA, OPS } from "../../../bot/sim/slack/a-workspace.ts";
import { BOT } from "../../../bot/sim/slack/directory.ts";
import { aPolicy } from "../a-policy.ts";
import { Night } from "../office-night.ts";

const ASKED = /^🔐 control-plane: \d nodes? wants? to reboot/;
const BOARD = /^abal-kuber/;

const count = (night: Night, headline: RegExp): number => night.headlines().filter((one) => headline.test(one)).length;

test("deleted: the card is posted once again, and decides", async () => {
  const night = await Night.begin({ policy: aPolicy() });
  const { office } = night;
  const first = await night.card(ASKED);
  office.workspace.erase(OPS, first.ts);
  // What stands in Slack is looked at when it is edited.
  await office.done(
    () => office.person(ANA).reply({ channel: OPS, threadTs: night.shown(BOARD)?.ts ?? "", text: "x" }),
    0,
  );
  office.setPolicy(aPolicy({ controlPlane: "    overdue: { after: 1d }" }));
  const second = await night.card(ASKED);
  await office.pass(10 * MINUTE);
  expect([second.ts === first.ts, count(night, ASKED)]).toEqual([false, 1]);
});

test("post timed out but arrived: it is adopted, and there is no second card", async () => {
  const night = await Night.begin({ policy: aPolicy() }, []);
  const { office } = night;
  office.server.failNext(
    "chat.postMessage",
    ...Array.from({ length: 2 }, () => ({ kind: "cut", arrived: true }) as const),
  );
  await office.startBot("a");
  await night.card(ASKED);
  await office.pass(10 * MINUTE);
  expect([count(night, ASKED), count(night, BOARD)]).toEqual([1, 1]);
  expect(office.workspace.pins(OPS)).toHaveLength(1);
});

test("post arrived, and the bot was killed before it knew: its next life adopts it", async () => {
  const night = await Night.begin({ policy: aPolicy() }, []);
  const { office } = night;
  let killed: Promise<void> | null = null;
  office.workspace.log.listen(({ kind }) => {
    if (kind === "posted" && killed === null) killed = office.killBot("a");
  });
  await office.startBot("a");
  await night.card(ASKED);
  await killed;
  await office.pass(30 * MINUTE);
  expect([count(night, ASKED), count(night, BOARD)]).toEqual([1, 1]);
});

const troubles: readonly (readonly [string, (night: Night) => void, (night: Night) => void, RegExp])[] = [
  [
    "channel archived",
    ({ office }) => office.workspace.setChannel(OPS, { archived: true }),
    ({ office }) => office.workspace.setChannel(OPS, { archived: false }),
    /archived/,
  ],
  [
    "bot removed",
    ({ office }) => office.workspace.setChannel(OPS, { members: [ANA] }),
    ({ office }) => office.workspace.setChannel(OPS, { members: [ANA, BOT.userId] }),
    /[Ii]nvite/,
  ],
  [
    "channel gone",
    ({ office }) => office.workspace.setChannel(OPS, { isPrivate: true, members: [ANA] }),
    ({ office }) => office.workspace.setChannel(OPS, { isPrivate: false, members: [ANA, BOT.userId] }),
    /[Ii]nvite|no such channel/,
  ],
];
test.each(troubles)(
  "%s: said once, with what to do; the fleet goes on, and the channel once it can",
  async (...row) => {
    const [, breaks, mends, says] = row;
    const night = await Night.begin({ policy: aPolicy().replace("mode: approval", "mode: automatic") }, []);
    const { office } = night;
    breaks(night);
    await office.startBot("a");
    expect(await night.controlPlaneIsDone()).toBe(true);
    expect(office.warnings.filter((line) => says.test(line))).toHaveLength(1);
    expect(office.workspace.messages(OPS)).toEqual([]);
    mends(night);
    expect((await night.card(BOARD)).text).toContain("of 4 to go");
  },
);

test("channel renamed: its id is the same, and nothing changes", async () => {
  const night = await Night.begin({ policy: aPolicy() });
  const { office } = night;
  const board = await night.card(BOARD);
  office.workspace.setChannel(OPS, { name: "platform-ops" });
  const { ts } = await night.card(ASKED);
  await office.done(() => office.person(ANA).reply({ channel: OPS, threadTs: ts, text: "approve" }));
  expect(await night.controlPlaneIsDone()).toBe(true);
  expect([count(night, BOARD), night.shown(BOARD)?.ts]).toEqual([1, board.ts]);
});

test("can't update a message: the card is posted anew, once", async () => {
  const night = await Night.begin({ policy: aPolicy() });
  const { office } = night;
  const { ts } = await night.card(ASKED);
  office.server.failNext("chat.update", { kind: "error", error: "cant_update_message" });
  await office.done(() => office.person(ANA).reply({ channel: OPS, threadTs: ts, text: "approve" }));
  expect(await night.controlPlaneIsDone()).toBe(true);
  await office.pass(10 * MINUTE);
  expect(
    office.workspace.messages(OPS).filter(({ user, threadTs }) => user === BOT.userId && threadTs === null).length,
  ).toBeLessThanOrEqual(4);
});
