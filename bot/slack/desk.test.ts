import { expect, test } from "vitest";
import type { DecisionAnswer } from "../coordinator/ports.ts";
import { decide } from "../core/decide/decide.ts";
import { aDecision, aJudgement, currentDigest } from "../core/testing/builders.ts";
import { aGroup, aPolicy } from "../core/testing/policies.ts";
import { APPROVAL_POLICY, aClick, aDesk, aReference, aReply, whispered } from "./testing/a-desk.ts";
import { aTurn } from "./testing/turns.ts";

const answers: readonly (readonly [string, () => Promise<DecisionAnswer>, string])[] = [
  ["a decision that nobody judged yet", async () => ({ kind: "unjudged", why: "It is noted." }), "It is noted."],
  ["a cluster that took nothing", async () => ({ kind: "unreachable", why: "Not taken." }), "Not taken."],
  [
    "a failure on our side",
    () => Promise.reject(new Error("boom")),
    "Something went wrong here, and I can't say whether this counted. See the board before you try again.",
  ],
];
test.each(answers)("%s is told as it is", async (_, ask, says) => {
  const { desk, told } = await aDesk({ ask });
  await desk.clicked(aClick());
  expect(told).toEqual([whispered(says)]);
});

test.each(["user_not_in_channel", "is_archived"])(
  "an answer that Slack refuses (%s) is logged, with what it was",
  async (error) => {
    const { desk, asked, warned } = await aDesk({ tellAnswer: { ok: false, error } });
    await desk.clicked(aClick());
    expect(asked).toHaveLength(1);
    expect(warned).toEqual([
      `slack answer not delivered {"user":"U01AB","channel":"C0123456789","error":"${error}","says":"worker-1 is approved by ana."}`,
    ]);
  },
);

test("a rate limit on an answer is waited out", async () => {
  const limited = { ok: false, error: "ratelimited", retryAfterSeconds: 3 } as const;
  const { desk, told, settled, warned } = await aDesk({ tellAnswers: [limited, limited] });
  await settled(desk.clicked(aClick()));
  expect([told.length, warned]).toEqual([3, []]);
});

test("names in an answer can't mention or link, and its lines stay lines", async () => {
  const says = "<!channel> & co\nand more";
  const { desk, told } = await aDesk({ ask: async () => ({ kind: "unjudged", why: says }) });
  await desk.clicked(aClick());
  expect(told).toEqual([whispered("&lt;!channel&gt; &amp; co\nand more")]);
});

const [POOL] = APPROVAL_POLICY.pools;
const NOW_SHOWN = currentDigest(POOL === undefined ? {} : { pool: POOL });

/** Judged by the real rules, on a node that its card showed with `digest`. */
async function judged(user: string, digest: string, policy = APPROVAL_POLICY) {
  const ben = aDecision({
    name: "skip-1",
    verb: "skip",
    by: { system: "slack", id: "U02CD" },
    judgement: aJudgement({
      person: "ben",
      validUntil: Date.UTC(2026, 11, 7, 15),
      bound: [{ node: "worker-1", digest: NOW_SHOWN }],
    }),
  });
  const turn = aTurn({ decisions: [ben] }, { policy });
  const { desk, told } = await aDesk({
    turn,
    references: [aReference({ targets: [{ node: "worker-1", digest, isOver: false }] })],
    ask: async (request) => ({
      kind: "judged",
      repeated: false,
      judgement: decide(
        { ...request, uid: "uid-1", version: "1", createdAt: turn.now, judgement: null },
        turn.snapshot,
        policy,
        turn.now,
      ),
    }),
  });
  await desk.written(aReply("skip until 2026-12-07 09:00", { user }));
  return told.map((line) => line.replace(/^.*?: /, ""));
}

const ONLY_ANA = aPolicy({
  ...APPROVAL_POLICY,
  groups: new Map([["operators", aGroup("operators", ["ana", "slack:U09ZZ"])]]),
});

test("who may not decide is told who may, word for word", async () => {
  expect(await judged("U02CD", NOW_SHOWN, ONLY_ANA)).toEqual([
    "Only operators may skip control-plane. Ask ana or Slack user U09ZZ.",
  ]);
});

test("what somebody decided already is told with the one and the time", async () => {
  expect(await judged("U01AB", NOW_SHOWN)).toEqual(["ben already skipped worker-1 until Mon Dec 7, 09:00 CST."]);
});

test("what changed since the card was drawn is told", async () => {
  expect(
    await judged(
      "U01AB",
      NOW_SHOWN.replace(/^[^.]*\.[^.]*/, (ids) => `${ids.split(".")[0]}.other`),
    ),
  ).toEqual(["This changed since the card was drawn: worker-1: the node was rebooted. Look again, then decide."]);
});
