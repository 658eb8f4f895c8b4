import { expect, test } from "vitest";
import { decide } from "../core/decide/decide.ts";
import { blockersOf, nodeDigest } from "../core/decide/digest.ts";
import { DAY, SECOND } from "../core/instant.ts";
import { aJudgement, aNode } from "../core/testing/builders.ts";
import { NOW } from "../core/testing/now.ts";
import { aBudget, aRefusal } from "../core/testing/pods.ts";
import { aPolicy } from "../core/testing/policies.ts";
import { field } from "./field.ts";
import {
  APPROVAL_POLICY,
  aClick,
  aDesk,
  aReference,
  aSubmission,
  seenOn,
  target,
  whispered,
} from "./testing/a-desk.ts";
import { blockedReboot, STUCK } from "./testing/cards.ts";
import { aTurn } from "./testing/turns.ts";

const callbackIn = (view: unknown): string => String(field(view, "callback_id"));
const metadataIn = (view: unknown): string => String(field(view, "private_metadata"));

type Parts = NonNullable<Parameters<typeof aDesk>[0]>;

/** A button was pressed, and the dialog that opened is sent off. */
async function opened(verb: string, parts: Parts = {}) {
  const desk = await aDesk(parts);
  const [reference = aReference()] = parts.references ?? [];
  await desk.desk.clicked(aClick({ actionId: `${verb}:abal-kuber:approval-1`, seen: seenOn(reference) }));
  const view = desk.opened[0]?.view;
  const submission = (values: Record<string, string | readonly string[] | null>, viewId = "V1") =>
    aSubmission({ callbackId: callbackIn(view), privateMetadata: metadataIn(view), viewId, values });
  return { ...desk, view, submission };
}

const MON = Date.parse("2026-12-07T09:00:00-06:00");

test("a skip that was typed is of what the card showed when the dialog opened", async () => {
  const { desk, asked, told, submission, opened: views } = await opened("skip");
  expect(views).toMatchObject([{ triggerId: "trigger-1", view: { type: "modal", callback_id: "skip:abal-kuber" } }]);
  expect(told).toEqual([]);
  const sent = submission({ time: "mon 09:00", choice: null });
  expect(desk.errorsIn(sent)).toBeNull();
  await desk.submitted(sent);
  expect(asked).toMatchObject([
    {
      verb: "skip",
      until: MON,
      by: { id: "U01AB" },
      targets: [{ node: "kuber01", digest: "kuber01.boot.0.pool." }, { node: "kuber02" }],
    },
  ]);
  expect(told).toEqual([whispered("worker-1 is approved by ana.")]);
});

test.each([
  ["nothing", { time: null, choice: null }, { choice: "Say until when." }],
  [
    "a time that is none",
    { time: "soon", choice: null },
    { time: "I can't read that time. Write it as fri 18:00, tomorrow 9am, 2026-12-24 18:00, or 3 days." },
  ],
  ["a time that is over", { time: null, choice: String(NOW) }, { choice: "That time is over. Choose a later one." }],
  ["no node", { time: "mon", nodes: [] }, { nodes: "Choose a node." }],
])("a skip of %s is sent back with what is wrong, and decides nothing", async (_, values, errors) => {
  const { desk, asked, submission } = await opened("skip");
  expect(desk.errorsIn(submission(values))).toEqual(errors);
  await desk.submitted(submission(values));
  expect(asked).toEqual([]);
});

test("a skip for longer than the policy lets is sent back with the limit", async () => {
  const turn = aTurn({ nodes: [aNode({ name: "kuber01" })] }, { policy: APPROVAL_POLICY });
  const { desk, submission } = await opened("skip", { turn });
  expect(desk.errorsIn(submission({ time: "15 days", choice: null }))).toEqual({
    time: "They may be skipped for 14 d at most: until Fri Dec 18, 22:30 CST.",
  });
  expect(desk.errorsIn(submission({ time: "14 days", choice: null }))).toBeNull();
});

test("the nodes that are left checked are skipped, and no other", async () => {
  const { desk, asked, submission, view } = await opened("skip");
  const blocks = field(view, "blocks");
  const nodes = (Array.isArray(blocks) ? blocks : []).find((block: unknown) => field(block, "block_id") === "nodes");
  const second = String(field(nodes, "element", "options", "1", "value"));
  await desk.submitted(submission({ time: "mon", choice: null, nodes: [second] }));
  expect(asked.map(({ targets }) => targets.map(({ node }) => node))).toEqual([["kuber02"]]);
});

test("a dialog sent off twice is one decision, and answered once", async () => {
  let count = 0;
  const { desk, asked, told, submission } = await opened("skip", {
    ask: async () => {
      count += 1;
      return { kind: "judged", judgement: aJudgement(), repeated: count > 1 };
    },
  });
  for (let times = 0; times < 2; times += 1) await desk.submitted(submission({ time: "mon", choice: null }));
  expect([new Set(asked.map(({ name }) => name)).size, told.length]).toEqual([1, 1]);
  await desk.submitted(submission({ time: "mon", choice: null }, "V2"));
  expect(new Set(asked.map(({ name }) => name)).size).toBe(2);
});

const MANY = Array.from({ length: 200 }, (_, index) => target(`a-node-with-a-long-name-${index}`));
test("a card of 200 nodes is skipped by what it still shows", async () => {
  const { desk, asked, submission, store, settled, told } = await opened("skip", {
    references: [aReference({ targets: MANY })],
  });
  await desk.submitted(submission({ time: "mon", choice: null, nodes: "all" }));
  expect(asked[0]?.targets).toHaveLength(200);
  const read = await store.read();
  await store.write([aReference({ targets: MANY.slice(1) })], read.ok ? read.version : "", 0);
  await settled(desk.submitted(submission({ time: "mon", choice: null, nodes: "all" }, "V2")));
  expect(asked).toHaveLength(1);
  expect(told.at(-1)).toBe(
    whispered("This changed since the dialog was opened. Nothing was decided: look again, then decide."),
  );
});

const BLOCKED = aReference({ kind: "blocked", targets: [{ node: "worker-1", digest: "of the card", isOver: false }] });
const stuck = (reboot = blockedReboot(), policy = aPolicy()) => aTurn({ ...STUCK, reboots: [reboot] }, { policy });

test("a force is bound to the blockers that its dialog showed", async () => {
  const turn = stuck();
  const situation = turn.plan.nodes.get("worker-1")?.situation;
  if (situation === undefined) throw new Error("no node");
  const { desk, asked, submission } = await opened("force", { turn, references: [BLOCKED] });
  await desk.submitted(submission({ reason: " db is\n down " }));
  const digest = nodeDigest(situation, blockersOf(situation.reboot));
  expect(asked).toMatchObject([{ verb: "force", reason: "db is down", targets: [{ node: "worker-1", digest }] }]);
});

test("a budget that appears between the opening and the sending refuses the force", async () => {
  let turn = stuck();
  const { desk, told, submission } = await opened("force", {
    references: [BLOCKED],
    turn,
    ask: async (request) => ({
      kind: "judged",
      repeated: false,
      judgement: decide(
        { ...request, uid: "uid-1", version: "1", createdAt: NOW, judgement: null },
        turn.snapshot,
        turn.policy,
        NOW,
      ),
    }),
  });
  const other = { ...aBudget({ name: "db" }) };
  turn = stuck(blockedReboot({ blockers: [aRefusal(), aRefusal({ podUid: "p2", budgets: [other] })] }));
  await desk.submitted(submission({ reason: "db is down" }));
  expect(told).toEqual([
    whispered(
      "This changed since the card was drawn: worker-1: what blocks it changed (now PDB web/db, web/web). Look again, then decide.",
    ),
  ]);
});

test.each([null, "", " ", "...", "<reason>"])("a force for the reason %j is sent back", async (reason) => {
  const { desk, submission } = await opened("force", { turn: stuck(), references: [BLOCKED] });
  expect(desk.errorsIn(submission({ reason }))).toEqual({ reason: "Say why, for those who read it later." });
});

test("a pause needs no card and no reason", async () => {
  const { desk, asked, submission, api } = await opened("pause", { references: [] });
  await desk.submitted(submission({ reason: null }));
  await desk.submitted(submission({ reason: "etcd upgrade" }, "V2"));
  expect(asked).toMatchObject([
    { verb: "pause", targets: [], reason: null },
    { verb: "pause", reason: "etcd upgrade" },
  ]);
  expect(api.calls.filter((call) => field(call, "verb") === "get")).toEqual([]);
});

test.each([
  [
    "a card that nobody remembers",
    "skip",
    { references: [] },
    "This card is too old to decide on. See the board for what waits now.",
  ],
  [
    "a card where nothing is left",
    "skip",
    { references: [aReference({ targets: [] })] },
    "Nothing on this card waits for a decision. See the board for what does.",
  ],
  [
    "a node that nothing blocks",
    "force",
    { references: [aReference({ targets: [target("worker-1")] })] },
    "No disruption budget blocks worker-1 now, so there is nothing to force.",
  ],
  [
    "a node that is gone",
    "force",
    { references: [aReference({ targets: [target("kuber01")] })] },
    "There is no node kuber01 any more.",
  ],
  ["several nodes", "force", {}, "Force one node at a time: reply force &lt;node&gt;: &lt;reason&gt;."],
])("of %s no dialog opens to %s, and that is said", async (_, verb, parts, says) => {
  const { desk, opened: views, told, clock } = await aDesk(parts);
  const done = desk.clicked(aClick({ actionId: `${verb}:abal-kuber:approval-1` }));
  await clock.advance(2_500);
  await done;
  expect([views, told]).toEqual([[], [whispered(says)]]);
});

test("a slow API server does not use up the 3 s: it is said in time", async () => {
  const { desk, opened: views, told, clock, api } = await aDesk();
  api.call = () => new Promise(() => {});
  const done = desk.clicked(aClick({ actionId: "skip:abal-kuber:approval-1" }));
  await clock.advance(2 * SECOND);
  await done;
  expect([views, told]).toEqual([
    [],
    [
      whispered(
        "The cluster's API is slow now, so no dialog can open in time. Click again in a minute, or reply in this thread: skip until fri 18:00",
      ),
    ],
  ]);
});

test("a dialog that Slack does not open is said, with what to reply instead", async () => {
  const { desk, told, warned } = await aDesk({ openAnswer: { ok: false, error: "expired_trigger_id" } });
  await desk.clicked(aClick({ actionId: "skip:abal-kuber:approval-1" }));
  expect(told).toEqual([
    whispered(
      "Slack did not open the dialog (`expired_trigger_id`). Click again, or reply in this thread: skip until fri 18:00",
    ),
  ]);
  expect(warned[0]).toContain("slack dialog not opened");
});

test.each([
  [
    "of another cluster",
    { callbackId: "skip:other" },
    "This dialog is not of mine, the bot of abal-kuber. Close it and click again.",
  ],
  [
    "of a verb that has none",
    { callbackId: "approve:abal-kuber" },
    "This dialog is not of mine, the bot of abal-kuber. Close it and click again.",
  ],
  [
    "with metadata that is not ours",
    { privateMetadata: "{}" },
    "This dialog is from another version of me. Close it and click again.",
  ],
  [
    "with metadata that is no JSON",
    { privateMetadata: "x" },
    "This dialog is from another version of me. Close it and click again.",
  ],
])("a dialog %s decides nothing", async (_, changes, says) => {
  const { desk, asked, submission } = await opened("skip");
  const sent = { ...submission({ time: "mon" }), ...changes };
  expect(desk.errorsIn(sent)).toEqual({ time: says });
  await desk.submitted(sent);
  expect(asked).toEqual([]);
});

test("forged metadata only says that something else was seen", async () => {
  const turn = aTurn({}, { policy: APPROVAL_POLICY });
  const { desk, told, submission } = await opened("skip", {
    turn,
    ask: async (request) => ({
      kind: "judged",
      repeated: false,
      judgement: decide(
        { ...request, uid: "uid-1", version: "1", createdAt: NOW, judgement: null },
        turn.snapshot,
        turn.policy,
        NOW,
      ),
    }),
  });
  const metadata = JSON.parse(submission({}).privateMetadata);
  const privateMetadata = JSON.stringify({
    ...metadata,
    upTo: 1_000 * DAY,
    targets: [{ node: "worker-1", digest: "x.y.0.z." }],
  });
  await desk.submitted({ ...submission({ time: "300 days" }), privateMetadata });
  expect(told[0]).toContain("This changed since the card was drawn");
});

test("who sends a dialog off is looked up then, whoever opened it", async () => {
  const { desk, asked, told, submission } = await opened("skip", {
    people: { look: async () => ({ kind: "barred", why: "you are a guest of this workspace" }) },
  });
  await desk.submitted(submission({ time: "mon" }));
  await desk.submitted({ ...submission({ time: "mon" }), isForeign: true });
  expect(asked).toEqual([]);
  expect(told).toEqual([
    whispered("You can't decide here: you are a guest of this workspace."),
    whispered("You can't decide here: you are of another workspace than this app."),
  ]);
});
