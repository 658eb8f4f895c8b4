import { expect, test } from "vitest";
import { ANA, aWorkspace } from "./a-workspace.ts";
import type { Carrier, Delivery, Envelope } from "./envelope.ts";
import type { Entries } from "./form.ts";
import { Person } from "./person.ts";
import { aForm, aModal, anInput, anOption, plain } from "./testing/forms.ts";

/** Ana with a modal open, and an app that acknowledges with `answer`. */
function anOpenForm(view: object = aForm(), answers: readonly unknown[] = [], acked = true) {
  const workspace = aWorkspace();
  const sent: Envelope[] = [];
  const waiting = [...answers];
  const carrier: Carrier = {
    deliver: async (envelope): Promise<Delivery> => {
      sent.push(envelope);
      return { acked, answer: waiting.shift() ?? null, sent: 1 };
    },
    responseUrl: () => "",
  };
  const ana = new Person(workspace, carrier, ANA);
  const opened = workspace.viewsOpen(workspace.modals.triggers.grant(ANA), view);
  if (!opened.ok) throw new Error(JSON.stringify(opened));
  return { workspace, ana, sent };
}

test("a submission carries all that was entered, in Slack's shapes", async () => {
  const { workspace, ana, sent } = anOpenForm(aForm({ private_metadata: "node-1" }));
  const before = ana.view();
  await ana.submit({
    reason: "it is\nurgent",
    until: 1_700_000_000,
    Length: "8 h",
    "scope/scope": "Pool",
    Nodes: ["n3", "n1"],
  });
  const option = (text: string, value = text) => ({ text: { ...plain(text), emoji: true }, value });
  expect(sent).toMatchObject([
    {
      type: "interactive",
      acceptsResponsePayload: true,
      payload: {
        type: "view_submission",
        team: { id: workspace.team.id, domain: workspace.team.domain },
        user: { id: ANA, name: "ana", team_id: workspace.team.id },
        api_app_id: workspace.bot.appId,
        trigger_id: expect.any(String),
        response_urls: [],
        view: {
          id: before?.id,
          callback_id: "force",
          private_metadata: "node-1",
          hash: before?.hash,
          previous_view_id: null,
        },
      },
    },
  ]);
  expect(sent[0]?.payload["view"]).toMatchObject({
    state: {
      values: {
        reason: { reason: { type: "plain_text_input", value: "it is\nurgent" } },
        until: { until: { type: "datetimepicker", selected_date_time: 1_700_000_000 } },
        length: { length: { type: "static_select", selected_option: option("8 h", "8h") } },
        scope: { scope: { type: "radio_buttons", selected_option: option("Pool") } },
        nodes: { nodes: { type: "checkboxes", selected_options: [option("n1"), option("n3")] } },
      },
    },
  });
  expect(ana.view()).toBeNull();
});

test("what is left empty is null, and a box of none is an empty list", async () => {
  const { ana, sent } = anOpenForm();
  await ana.submit({ Reason: "x" });
  expect(sent[0]?.payload["view"]).toMatchObject({
    state: {
      values: {
        until: { until: { type: "datetimepicker", selected_date_time: null } },
        length: { length: { type: "static_select", selected_option: null } },
        nodes: { nodes: { type: "checkboxes", selected_options: [] } },
      },
    },
  });
});

test("an input that isn't touched has its first value, and a cleared one has none", async () => {
  const view = aModal([
    anInput("Why", { type: "plain_text_input", initial_value: "kernel" }),
    anInput("When", { type: "datetimepicker", initial_date_time: 1_700_000_000 }, { optional: true }),
    anInput("Which", { type: "static_select", options: [anOption("A")], initial_option: anOption("A") }),
    anInput("Who", { type: "checkboxes", options: [anOption("B")], initial_options: [anOption("B")] }),
  ]);
  const { ana, sent } = anOpenForm(view);
  await ana.submit({ When: null });
  expect(sent[0]?.payload["view"]).toMatchObject({
    state: {
      values: {
        why: { why: { value: "kernel" } },
        when: { when: { selected_date_time: null } },
        which: { which: { selected_option: { value: "A" } } },
        who: { who: { selected_options: [{ value: "B" }] } },
      },
    },
  });
});

test.each<{ sentence: string; values: Entries; view?: object; problem: string }>([
  { sentence: "an empty reason", values: {}, problem: '"Force" can\'t be sent: "Reason" is required and empty' },
  { sentence: "a reason of nothing", values: { Reason: "" }, problem: '"Reason" is required and empty' },
  {
    sentence: "a reason that is too long",
    values: { Reason: "a".repeat(201) },
    problem: '"Reason" takes at most 200 characters, not 201',
  },
  {
    sentence: "a reason that is too short",
    values: { Why: "ab" },
    view: aModal([anInput("Why", { type: "plain_text_input", min_length: 3 })]),
    problem: '"Why" wants at least 3 characters, not 2',
  },
  {
    sentence: "two lines in one",
    values: { Why: "a\nb" },
    view: aModal([anInput("Why", { type: "plain_text_input" })]),
    problem: '"Why" takes one line only',
  },
  {
    sentence: "no box of some",
    values: { Who: [] },
    view: aModal([anInput("Who", { type: "checkboxes", options: [anOption("B")] })]),
    problem: '"Who" is required and empty',
  },
  {
    sentence: "an unknown input",
    values: { Node: "n1" },
    problem: '0 inputs are "Node"; the view shows: "Reason" reason/reason',
  },
  {
    sentence: "an option that isn't offered",
    values: { Reason: "x", Length: "9 h" },
    problem: '"Length" has no option "9 h"; it offers "2 h", "8 h"',
  },
  {
    sentence: "a text for a time",
    values: { Until: "noon" },
    problem: '"Until" is a datetimepicker, which can\'t be set to "noon"',
  },
  {
    sentence: "a view without submit",
    values: {},
    view: aModal([], { submit: undefined }),
    problem: '"Force" has no button to submit it',
  },
])("Slack's client does not send $sentence", async ({ values, view, problem }) => {
  const { ana, sent } = anOpenForm(JSON.parse(JSON.stringify(view ?? aForm())));
  await expect(ana.submit(values)).rejects.toThrow(problem);
  expect(sent).toEqual([]);
  expect(ana.view()).not.toBeNull();
});

test("errors keep the modal open with what was entered, until they are mended", async () => {
  const answer = { response_action: "errors", errors: { reason: "Say which pod." } };
  const { ana } = anOpenForm(aForm(), [answer, null]);
  await ana.submit({ Reason: "because", Scope: "Node" });
  expect(ana.view()).toMatchObject({ title: "Force", errors: { reason: "Say which pod." } });
  await ana.submit({ Reason: "web-7c9 hangs" });
  expect(ana.view()).toBeNull();
});

test.each([
  { sentence: "no input", errors: { node: "no" }, problem: "name no input of the view: node" },
  { sentence: "nothing", errors: {}, problem: "name no input of the view: there are none" },
])("errors that name $sentence are the app's mistake", async ({ errors, problem }) => {
  const { ana } = anOpenForm(aForm(), [{ response_action: "errors", errors }]);
  await expect(ana.submit({ Reason: "x" })).rejects.toThrow(problem);
});

test("an update takes the view's place and keeps what was entered where the input stays", async () => {
  const next = aForm({ title: plain("Really?") });
  const { ana, sent } = anOpenForm(aForm(), [{ response_action: "update", view: next }, null]);
  const first = await ana.nextView();
  await ana.submit({ Reason: "x" });
  expect(await ana.nextView()).toMatchObject({ id: first.id, title: "Really?", entries: { "reason/reason": "x" } });
  await ana.submit();
  expect(sent).toHaveLength(2);
  expect(ana.view()).toBeNull();
});

test("an input that was cleared stays so when the view is updated", async () => {
  const why = anInput("Why", { type: "plain_text_input", initial_value: "kernel" }, { optional: true });
  const { ana } = anOpenForm(aModal([why]), [{ response_action: "update", view: aModal([why]) }]);
  await ana.submit({ Why: null });
  expect(ana.view()?.entries).toEqual({ "why/why": null });
});

test("an update that Slack refuses, or an answer that it doesn't know, is the app's mistake", async () => {
  const wrong = aForm({ title: plain("a".repeat(25)) });
  const { ana } = anOpenForm(aForm(), [{ response_action: "update", view: wrong }, { response_action: "close" }]);
  await expect(ana.submit({ Reason: "x" })).rejects.toThrow(
    "must be less than 25 characters [json-pointer:/view/title/text]",
  );
  await expect(ana.submit()).rejects.toThrow('unknown response_action "close"');
  expect(ana.view()).toMatchObject({ title: "Force" });
});

test("a view is pushed on the other, closed alone, or cleared with it", async () => {
  const push = { response_action: "push", view: aForm({ title: plain("More") }) };
  const { ana } = anOpenForm(aForm(), [push, null, push, { response_action: "clear" }]);
  await ana.submit({ Reason: "x" });
  expect(ana.view()).toMatchObject({ title: "More" });
  await ana.submit({ Reason: "x" });
  expect(ana.view()).toMatchObject({ title: "Force" });
  await ana.submit();
  await ana.submit({ Reason: "x" });
  expect(ana.view()).toBeNull();
});

test("a submission that nobody acknowledges leaves the modal as it is", async () => {
  const { ana } = anOpenForm(aForm(), [], false);
  expect(await ana.submit({ Reason: "x" })).toMatchObject({ acked: false });
  expect(ana.view()).toMatchObject({ entries: { "reason/reason": "x" } });
});

test.each([
  { notify: false, told: [] },
  {
    notify: true,
    told: [{ type: "view_closed", is_cleared: false, user: { id: ANA }, view: { callback_id: "force" } }],
  },
])("closing is told to the app when it asked for it: $notify", async ({ notify, told }) => {
  const { ana, sent } = anOpenForm(aForm({ notify_on_close: notify }));
  await ana.closeView();
  expect(ana.view()).toBeNull();
  expect(sent.map(({ payload }) => payload)).toMatchObject(told);
  expect(sent.some(({ payload }) => "trigger_id" in payload)).toBe(false);
  await expect(ana.closeView()).rejects.toThrow(`${ANA} has no modal open`);
});
