import { expect, test } from "vitest";
import { ANA, aButton, aSection, aWorkspace, BEN, OPS, START, someActions } from "./a-workspace.ts";
import { clickEnvelope, commandEnvelope } from "./envelope.ts";
import { buttonsOf } from "./person.ts";
import { aForm, aModal, anInput, plain } from "./testing/forms.ts";
import { viewRefusalOf } from "./view-check.ts";

const a = (length: number) => "a".repeat(length);
const text = { type: "plain_text_input" };

test.each([
  { sentence: "a modal of text alone", view: aModal([aSection("x")], { submit: undefined }) },
  { sentence: "one of 100 blocks", view: aModal(Array(100).fill({ type: "divider" })) },
  { sentence: "one of no blocks", view: aModal([]) },
  { sentence: "texts of 24", view: aModal([], { title: plain(a(24)), submit: plain(a(24)), close: plain(a(24)) }) },
  { sentence: "a callback_id of 255", view: aModal([], { callback_id: a(255) }) },
  { sentence: "private_metadata of 3,000", view: aModal([], { private_metadata: a(3_000) }) },
  { sentence: "private_metadata of nothing", view: aModal([], { private_metadata: "" }) },
  { sentence: "a form", view: aForm({ clear_on_close: true, notify_on_close: true }) },
])("Slack opens $sentence", ({ view }) => {
  expect(viewRefusalOf(JSON.parse(JSON.stringify(view)))).toBeNull();
});

test.each([
  {
    sentence: "a title of 25",
    view: aModal([], { title: plain(a(25)) }),
    problem: "must be less than 25 characters [json-pointer:/view/title/text]",
  },
  {
    sentence: "no title",
    view: aModal([], { title: undefined }),
    problem: "missing required field: title [json-pointer:/view]",
  },
  {
    sentence: "a title in mrkdwn",
    view: aModal([], { title: { type: "mrkdwn", text: "x" } }),
    problem: "must be one of: plain_text [json-pointer:/view/title/type]",
  },
  {
    sentence: "a submit of 25",
    view: aModal([], { submit: plain(a(25)) }),
    problem: "must be less than 25 characters [json-pointer:/view/submit/text]",
  },
  {
    sentence: "a close of 25",
    view: aModal([], { close: plain(a(25)) }),
    problem: "must be less than 25 characters [json-pointer:/view/close/text]",
  },
  {
    sentence: "a callback_id of 256",
    view: aModal([], { callback_id: a(256) }),
    problem: "must be less than 256 characters [json-pointer:/view/callback_id]",
  },
  {
    sentence: "private_metadata of 3,001",
    view: aModal([], { private_metadata: a(3_001) }),
    problem: "must be less than 3001 characters [json-pointer:/view/private_metadata]",
  },
  {
    sentence: "101 blocks",
    view: aModal(Array(101).fill({ type: "divider" })),
    problem: "no more than 100 items allowed [json-pointer:/view/blocks]",
  },
  {
    sentence: "no blocks",
    view: aModal([], { blocks: undefined }),
    problem: "must be an array [json-pointer:/view/blocks]",
  },
  {
    sentence: "an input without submit",
    view: aModal([aSection("x"), anInput("Why", text)], { submit: undefined }),
    problem: "must define `submit` to use `input` block [json-pointer:/view/blocks/1/input]",
  },
  {
    sentence: "a home tab",
    view: aModal([], { type: "home" }),
    problem: "must be one of: modal [json-pointer:/view/type]",
  },
  {
    sentence: "an unknown key",
    view: aModal([], { channel: OPS }),
    problem: "invalid additional property: channel [json-pointer:/view]",
  },
  {
    sentence: "a wrong block",
    view: aModal([aSection(a(3_001))]),
    problem: "must be less than 3001 characters [json-pointer:/view/blocks/0/text/text]",
  },
])("Slack refuses $sentence", ({ view, problem }) => {
  const problems = ["failed to match all allowed schemas [json-pointer:/view]", problem];
  expect(viewRefusalOf(JSON.parse(JSON.stringify(view)))).toEqual({ error: "invalid_arguments", problems });
});

test("a view of more than 250 kB is too large", () => {
  const view = aModal(Array(100).fill(aSection(a(2_900))));
  expect(viewRefusalOf(view)).toEqual({ error: "view_too_large", problems: [] });
});

/** A workspace by a clock of one's own, in which Ana may have done something. */
function aMoment() {
  let now = START;
  const workspace = aWorkspace({ now: () => now });
  const trigger = (user = ANA) => workspace.modals.triggers.grant(user);
  return { workspace, trigger, pass: (ms: number) => (now += ms) };
}

test("a trigger opens one modal, within three seconds", () => {
  const { workspace, trigger, pass } = aMoment();
  const [first, late, wrong] = [trigger(), trigger(), trigger()];
  pass(3_000);
  expect(workspace.viewsOpen(first, aForm())).toMatchObject({
    ok: true,
    view: { type: "modal", callback_id: "force" },
  });
  expect(workspace.modals.of(ANA)).toMatchObject({ title: "Force", submit: "Ask for confirmation" });
  expect(workspace.viewsOpen(first, aForm())).toEqual({ ok: false, error: "exchanged_trigger_id" });
  expect(workspace.viewsOpen(wrong, aForm({ title: plain("") }))).toMatchObject({ error: "invalid_arguments" });
  expect(workspace.viewsOpen(wrong, aForm())).toMatchObject({ ok: true });
  pass(1);
  expect(workspace.viewsOpen(late, aForm())).toEqual({ ok: false, error: "expired_trigger_id" });
  expect(workspace.viewsOpen("12345.98765.abcd2358fdea", aForm())).toMatchObject({ error: "invalid_trigger_id" });
  expect(workspace.viewsOpen(undefined, aForm())).toMatchObject({ error: "invalid_arguments" });
});

test("each click and each command has a trigger of its own, for the one who did it", () => {
  const { workspace } = aMoment();
  const card = workspace.postMessage({ channel: OPS, text: "x", blocks: [someActions(aButton("Force…", "force"))] });
  const message = workspace.message(OPS, card.ok ? card.ts : "");
  const [placed] = message === null ? [] : buttonsOf(message);
  if (message === null || placed === undefined) throw new Error("the card shows no button");
  const press = { user: BEN, message, ...placed, responseUrl: "" };
  const typed = { user: ANA, channel: OPS, command: "/bootswain", text: "", responseUrl: "" };
  const envelopes = [
    clickEnvelope(workspace, press),
    clickEnvelope(workspace, press),
    commandEnvelope(workspace, typed),
  ];
  const ids = envelopes.map(({ payload }) => String(payload["trigger_id"]));
  expect(new Set(ids).size).toBe(3);
  workspace.viewsOpen(ids[1], aForm());
  expect([workspace.modals.of(ANA), workspace.modals.of(BEN)]).toMatchObject([null, { user: BEN }]);
  workspace.viewsOpen(ids[2], aForm());
  expect(workspace.modals.of(ANA)).toMatchObject({ user: ANA });
});

test("an update finds its view while it is open, unless it is an old one", () => {
  const { workspace, trigger } = aMoment();
  workspace.viewsOpen(trigger(), aForm({ external_id: "mine" }));
  expect(workspace.viewsOpen(trigger(BEN), aForm({ external_id: "mine" }))).toMatchObject({
    error: "duplicate_external_id",
  });
  const { id: viewId = "", hash } = workspace.modals.of(ANA) ?? {};
  expect(workspace.viewsUpdate({ viewId, hash }, aForm({ title: plain("New") }))).toMatchObject({ ok: true });
  expect(workspace.modals.of(ANA)).toMatchObject({ id: viewId, title: "New" });
  expect(workspace.viewsUpdate({ viewId, hash }, aForm())).toEqual({ ok: false, error: "hash_conflict" });
  workspace.modals.dismiss(ANA);
  expect(workspace.viewsUpdate({ viewId }, aForm())).toEqual({ ok: false, error: "not_found" });
});

test("up to three views lie on each other", () => {
  const { workspace, trigger } = aMoment();
  expect(workspace.viewsPush(trigger(), aForm())).toEqual({ ok: false, error: "not_found" });
  workspace.viewsOpen(trigger(), aForm());
  const root = workspace.modals.of(ANA);
  for (let n = 2; n <= 3; n += 1) expect(workspace.viewsPush(trigger(), aForm())).toMatchObject({ ok: true });
  expect(workspace.viewsPush(trigger(), aForm())).toEqual({ ok: false, error: "push_limit_reached" });
  expect(workspace.modals.of(ANA)?.rootId).toBe(root?.id);
  workspace.modals.dismiss(ANA);
  workspace.modals.dismiss(ANA);
  expect(workspace.modals.of(ANA)).toEqual(root);
});

test("a view that clears on close takes those below it along", () => {
  const { workspace, trigger } = aMoment();
  workspace.viewsOpen(trigger(), aForm());
  workspace.viewsPush(trigger(), aForm({ clear_on_close: true, title: plain("More") }));
  expect(workspace.modals.dismiss(ANA).map(({ title }) => title)).toEqual(["More", "Force"]);
  expect(workspace.modals.of(ANA)).toBeNull();
});

test("Slack's ids fill the gaps of a form", () => {
  const { workspace, trigger } = aMoment();
  const answer = workspace.viewsOpen(trigger(), aModal([{ type: "input", label: plain("Why"), element: text }]));
  expect(answer).toMatchObject({
    view: { blocks: [{ block_id: expect.any(String), element: { ...text, action_id: expect.any(String) } }] },
  });
});
