import { expect, test } from "vitest";
import { HOUR, MINUTE } from "../../../bot/core/instant.ts";
import { ANA, BEN, OPERATORS, OPS } from "../../../bot/sim/slack/a-workspace.ts";
import { BOT, type NewUser } from "../../../bot/sim/slack/directory.ts";
import { clickEnvelope } from "../../../bot/sim/slack/envelope.ts";
import { buttonsOf } from "../../../bot/sim/slack/person.ts";
import { aPolicy } from "../a-policy.ts";
import { Night } from "../office-night.ts";
import { CONTROL_PLANES } from "../starting-cluster.ts";

const EVE = "U0EVE00001";
const ASKED = /^🔐 control-plane: \d nodes? wants? to reboot/;
const LATER = { approve: 2, windows: '[{ from: "23:00", to: "05:00" }]' } as const;

/** Ana and Ben as ever, and Eve as she is told to be; only the user group makes an operator where a policy says so. */
function withEve(eve: Partial<NewUser>, groupUsers: readonly string[] = [ANA, BEN, EVE]) {
  const users = [
    { id: ANA, name: "ana" },
    { id: BEN, name: "ben" },
    { id: EVE, name: "eve", ...eve },
  ];
  const channels = [{ id: OPS, name: "ops", members: [ANA, BEN, EVE, BOT.userId] }];
  return { users, channels, groups: [{ id: OPERATORS, handle: "operators", users: groupUsers }] };
}

const byGroup = `{ slackGroups: [${OPERATORS}] }`;

const approve = async (night: Night, user: string): Promise<string> =>
  night.press(user, await night.card(ASKED), "approve");

const nothingWent = (night: Night): void =>
  expect(CONTROL_PLANES.map((node) => night.isRebooted(node))).toEqual([false, false, false]);

test("not in the group: told who is", async () => {
  const night = await Night.begin({ policy: aPolicy({ operators: "{ people: [ana, ben] }" }), workspace: withEve({}) });
  expect(await approve(night, EVE)).toBe("Only operators may approve control-plane. Ask ana or ben.");
});

const barred: readonly (readonly [string, Partial<NewUser>, RegExp])[] = [
  ["a guest", { isRestricted: true }, /guest/],
  ["another team's user", { teamId: "T0OTHER001" }, /another workspace/],
  ["a bot user", { isBot: true }, /bot/],
  ["deactivated", { deleted: true }, /deactivated/],
];
test.each(barred)("%s, though the user group has them", async (_, eve, why) => {
  const night = await Night.begin({ policy: aPolicy({ operators: byGroup }), workspace: withEve(eve) });
  expect(await approve(night, EVE)).toMatch(why);
  expect(night.decisions()).toEqual([]);
  await night.office.pass(30 * MINUTE);
  nothingWent(night);
});

test("removed after the cache filled: the yes that was given counts no more", async () => {
  const night = await Night.begin({ policy: aPolicy({ ...LATER, operators: byGroup }), workspace: withEve({}) });
  const { office } = night;
  expect(await approve(night, EVE)).toContain("1 more of operators must approve");
  office.workspace.setGroup({ id: OPERATORS, handle: "operators", users: [ANA, BEN] });
  await office.pass(10 * MINUTE);
  expect(await approve(night, ANA)).toContain("1 more of operators must approve");
  await office.pass(2 * HOUR);
  nothingWent(night);
});

test("deactivated after the yes: it counts no more", async () => {
  const night = await Night.begin({ policy: aPolicy(LATER), workspace: withEve({}) });
  const { office } = night;
  expect(await approve(night, BEN)).toContain("1 more of operators must approve");
  office.workspace.setUser(BEN, { deleted: true });
  await office.pass(10 * MINUTE);
  expect(await approve(night, ANA)).toContain("1 more of operators must approve");
  await office.pass(2 * HOUR);
  nothingWent(night);
});

test("taken out of the policy after the yes: it counts no more", async () => {
  const night = await Night.begin({ policy: aPolicy(LATER) });
  const { office } = night;
  expect(await approve(night, BEN)).toContain("1 more of operators must approve");
  office.setPolicy(aPolicy({ ...LATER, operators: "{ people: [ana] , slackGroups: [S0OTHERS01] }" }));
  await office.pass(MINUTE);
  expect(await approve(night, ANA)).toContain("1 more of operators must approve");
  await office.pass(2 * HOUR);
  nothingWent(night);
});

test("a group that is empty: nobody may", async () => {
  const night = await Night.begin({ policy: aPolicy({ operators: byGroup }), workspace: withEve({}, []) });
  expect(await approve(night, ANA)).toContain("Only operators may approve control-plane.");
  expect(night.decisions()).toEqual(["approve refused"]);
});

test("while Slack can't say who somebody is nothing is decided, and they are told to try again", async () => {
  const night = await Night.begin({ policy: aPolicy({ operators: byGroup }), workspace: withEve({}) });
  night.office.server.failNext("users.info", { kind: "error", error: "fatal_error" });
  expect(await approve(night, ANA)).toMatch(/can't check .*who you are.*try again/i);
  expect(night.decisions()).toEqual([]);
  expect(await approve(night, ANA)).toContain("is approved by");
});

test("approving one's own force: two people are two", async () => {
  const night = await Night.begin({ policy: aPolicy() });
  const { office } = night;
  const { ts } = await night.card(/^⛔/);
  const ana = office.person(ANA);
  await office.done(() => ana.reply({ channel: OPS, threadTs: ts, text: "force: it must go" }));
  expect(ana.ephemerals().at(-1)?.text).toContain("1 more of leads must confirm");
  await office.done(() => ana.reply({ channel: OPS, threadTs: ts, text: "force I am sure" }));
  expect(ana.ephemerals().at(-1)?.text).toMatch(/^You already forced abal-kuber04/);
  await office.pass(HOUR);
  expect(night.isRebooted("abal-kuber04")).toBe(false);
});

const forgeries: readonly (readonly [string, string])[] = [
  ["a verb that the card does not show", "release:abal-kuber:approval-1"],
  ["a verb that there is not", "drop:abal-kuber:approval-1"],
  ["nodes in the value", "approve:abal-kuber:abal-kuber04"],
  ["nothing", ""],
];
test.each(forgeries)("a forged button value: %s", async (_, actionId) => {
  const night = await Night.begin({ policy: aPolicy({ operators: "{ people: [ben] }", controlPlane: "" }) });
  const { office } = night;
  const message = await night.card(ASKED);
  const [placed] = buttonsOf(message);
  if (placed === undefined) throw new Error("no button");
  const button = { ...placed.button, action_id: actionId, value: '{"nodes":["abal-kuber04"],"user":"U0BEN00001"}' };
  const click = clickEnvelope(office.workspace, {
    user: ANA,
    message,
    blockId: placed.blockId,
    button,
    responseUrl: "",
  });
  expect(await office.server.deliver(click)).toMatchObject({ acked: true });
  await office.pass(30 * MINUTE);
  expect(night.decisions().filter((one) => one.endsWith("counted"))).toEqual([]);
  nothingWent(night);
});
