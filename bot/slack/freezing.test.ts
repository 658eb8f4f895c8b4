import { expect, test } from "vitest";
import { NO_PROPOSALS } from "../coordinator/proposals.ts";
import { NOW } from "../core/testing/now.ts";
import { aGroup, aPolicy, aPool } from "../core/testing/policies.ts";
import { aDesk, aReply, PROPOSED, replied, whispered } from "./testing/a-desk.ts";
import { aTurn } from "./testing/turns.ts";

const MONDAY = Date.parse("2026-12-07T09:00:00-06:00");
const POLICY = aPolicy({
  people: new Map([["ana", { name: "ana", slack: "U01AB", kubernetes: null }]]),
  groups: new Map([["operators", { ...aGroup("operators", ["ana"]), slackGroups: ["S1"] }]]),
  pools: ["control-plane", "workers"].map((name) =>
    aPool({ name, mode: "approval", may: { ...aPool().may, other: { by: "operators" } } }),
  ),
});
const TURN = aTurn({}, { policy: POLICY });
const URL = "https://github.com/acme/policy/pull/43";
const AFTER = "\nNothing is frozen before it is merged. To stop reboots now: `pause`.";
const INSTEAD = "\nTo stop reboots now: `pause`. To leave a node out: `skip &lt;node&gt; until &lt;time&gt;`.";

test("a freeze in a card's thread is proposed, and answered with how it was understood", async () => {
  const { desk, frozen, asked, told } = await aDesk({ turn: TURN });
  await desk.written(aReply("freeze until mon 09:00: etcd upgrade"));
  expect(frozen).toEqual([
    {
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      cluster: "abal-kuber",
      from: Math.floor(NOW / 60_000) * 60_000,
      until: MONDAY,
      pools: null,
      reason: "etcd upgrade",
      by: "ana",
    },
  ]);
  expect(told).toEqual([replied(`Pull request #43 would freeze all pools until Mon Dec 7, 09:00 CST: ${URL}${AFTER}`)]);
  expect(asked).toEqual([]);
});

test("so it is said to the bot in the channel, and by the slash command", async () => {
  const { desk, frozen, told } = await aDesk({ turn: TURN });
  const addressed = { threadTs: null, isAddressed: true };
  await desk.written(aReply("freeze workers from fri 18:00 until mon 09:00", addressed));
  const says = `Pull request #43 would freeze workers from Fri Dec 11, 18:00 CST until Mon Dec 14, 09:00 CST: ${URL}${AFTER}`;
  expect(told).toEqual([whispered(says)]);
  const answer = await desk.commanded(
    aReply("freeze workers, control-plane until mon 09:00", { ...addressed, ts: "trigger-1" }),
  );
  expect(answer).toBe(
    `Pull request #43 would freeze workers, control-plane until Mon Dec 7, 09:00 CST: ${URL}${AFTER}`,
  );
  expect(frozen.map(({ pools }) => pools)).toEqual([["workers"], ["workers", "control-plane"]]);
});

test("the same words delivered twice are the same request, and others are another", async () => {
  const { desk, frozen } = await aDesk({ turn: TURN });
  for (const ts of ["200.1", "200.1", "200.2"]) await desk.written(aReply("freeze until mon 09:00", { ts }));
  const ids = frozen.map(({ id }) => id);
  expect([ids[0] === ids[1], new Set(ids).size]).toEqual([true, 2]);
});

test("what comes again after a restart, or to the other replica, is not answered again", async () => {
  const { desk, frozen, told } = await aDesk({
    turn: TURN,
    proposed: { ...PROPOSED, repeated: true },
  });
  await desk.written(aReply("freeze until mon 09:00"));
  expect([frozen.length, told]).toEqual([1, []]);
});

test("why there is no pull request is said, and what can be done at once", async () => {
  const why = "No pull request was opened: api.github.com refuses this to the bot (403).";
  const { desk, told } = await aDesk({ turn: TURN, proposed: { kind: "refused", why } });
  await desk.written(aReply("freeze until mon 09:00"));
  expect(told).toEqual([replied(`${why}${INSTEAD}`)]);
});

test("the address can be clicked on, whatever the repository is called", async () => {
  const url = "https://git.example.com:8443/acme/my_policy_/pull/43";
  const { desk, told } = await aDesk({ turn: TURN, proposed: { ...PROPOSED, url } });
  await desk.written(aReply("freeze until mon 09:00"));
  expect(told[0]).toContain(`: ${url}\n`);
});

test("without GitHub that is what is said", async () => {
  const proposed = await NO_PROPOSALS.proposeFreeze({
    ...{ id: "1", cluster: "c", from: 0, until: 1, pools: null, reason: null, by: "ana" },
  });
  const { desk, told } = await aDesk({ turn: TURN, proposed });
  await desk.written(aReply("freeze until mon 09:00"));
  expect(told).toEqual([
    replied(
      `This bot does not read its policy from GitHub, so it can open no pull request there: add the freeze to the policy by hand.${INSTEAD}`,
    ),
  ]);
});

test.each([
  ["who may not pause", { user: "U09ZZ" }, "Only operators may freeze reboots. Ask ana or someone of Slack group S1."],
  [
    "someone of another workspace",
    { isForeign: true },
    "You can't decide here: you are of another workspace than this app.",
  ],
])("%s proposes nothing", async (_, changes, says) => {
  const { desk, frozen, told } = await aDesk({ turn: TURN });
  await desk.written(aReply("freeze until mon 09:00", changes));
  expect(frozen).toEqual([]);
  expect(told.map((one) => one.replace(/^\S+ \S+ \S+ /, ""))).toEqual([says]);
});

test("who is in the user group may, under their Slack id", async () => {
  const people = { look: async () => ({ kind: "member", groups: ["S1"], unread: [] }) as const };
  const { desk, frozen } = await aDesk({ turn: TURN, people });
  await desk.written(aReply("freeze until mon 09:00", { user: "U09ZZ" }));
  expect(frozen.map(({ by }) => by)).toEqual(["slack:U09ZZ"]);
});

test.each([
  [{ kind: "barred", why: "guests decide nothing" } as const, "You can't decide here: guests decide nothing."],
  [
    { kind: "unreadable", why: "timeout" } as const,
    "I can't check with Slack who you are (timeout). Nothing was decided; try again in a minute.",
  ],
])("whom Slack calls %j proposes nothing", async (reading, says) => {
  const { desk, frozen, told } = await aDesk({ turn: TURN, people: { look: async () => reading } });
  await desk.written(aReply("freeze until mon 09:00"));
  expect([frozen, told]).toEqual([[], [replied(says)]]);
});

test("a pool that the policy has not is named, and without a policy nobody proposes", async () => {
  const { desk, frozen, told } = await aDesk({ turn: TURN });
  await desk.written(aReply("freeze gpu until mon 09:00", { isAddressed: true }));
  expect(told[0]).toContain("The policy has no pool gpu; it has control-plane, workers.");
  const bare = await aDesk({ turn: { ...TURN, policy: undefined } });
  await bare.desk.written(aReply("freeze until mon 09:00"));
  expect([...frozen, ...bare.frozen]).toEqual([]);
  expect(bare.told).toEqual([replied("No policy is in force, so nobody may decide. See why on the board.")]);
});
