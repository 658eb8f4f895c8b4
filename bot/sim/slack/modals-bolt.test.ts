import { expect, test } from "vitest";
import { ANA, OPS } from "./a-workspace.ts";
import { aForm } from "./testing/forms.ts";
import { aCard, anApp, aSlack } from "./testing/real-bolt.ts";

const view = {
  type: "modal" as const,
  callback_id: "force",
  private_metadata: "web-7c9",
  title: { type: "plain_text" as const, text: "Force" },
  submit: { type: "plain_text" as const, text: "Ask" },
  notify_on_close: true,
  blocks: [
    {
      type: "input" as const,
      block_id: "reason",
      label: { type: "plain_text" as const, text: "Reason" },
      element: { type: "plain_text_input" as const, action_id: "text" },
    },
  ],
};

test("a click opens a modal, whose form Bolt answers with an error and then takes", async () => {
  const { workspace, server, ana } = await aSlack();
  const reasons: unknown[] = [];
  await anApp(server, (app) => {
    app.action("approve", async ({ ack, body, client }) => {
      await ack();
      if (body.type !== "block_actions") throw new Error("not a click");
      await client.views.open({ trigger_id: body.trigger_id, view });
    });
    app.view("force", async ({ ack, view: sent, body }) => {
      const reason = sent.state.values["reason"]?.["text"]?.value;
      reasons.push([body.user.id, sent.private_metadata, reason]);
      if (reason === "because") await ack({ response_action: "errors", errors: { reason: "Say why." } });
      else await ack();
    });
  });
  const { ts } = aCard(workspace);
  await ana.click({ channel: OPS, ts, actionId: "approve" });
  expect(await ana.nextView()).toMatchObject({ title: "Force", submit: "Ask", callbackId: "force" });
  await ana.submit({ Reason: "because" });
  expect(ana.view()).toMatchObject({ errors: { reason: "Say why." } });
  await ana.submit({ Reason: "the node hangs" });
  expect(ana.view()).toBeNull();
  expect(reasons).toEqual([
    [ANA, "web-7c9", "because"],
    [ANA, "web-7c9", "the node hangs"],
  ]);
});

test("a command opens a modal once; Bolt hears that it was left", async () => {
  const { server, ana } = await aSlack();
  const errors: unknown[] = [];
  const left: string[] = [];
  await anApp(server, (app) => {
    app.command("/bootswain", async ({ ack, body, client }) => {
      for (let time = 0; time < 2; time += 1) {
        await client.views.open({ trigger_id: body.trigger_id, view }).catch((error) => errors.push(error.data));
      }
      await ack();
    });
    app.view({ callback_id: "force", type: "view_closed" }, async ({ ack, body }) => {
      left.push(body.user.id);
      await ack();
    });
  });
  await ana.command({ channel: OPS, command: "/bootswain", text: "force" });
  expect(errors).toMatchObject([{ error: "exchanged_trigger_id" }]);
  expect(await ana.closeView()).toMatchObject([{ acked: true }]);
  expect([left, ana.view()]).toEqual([[ANA], null]);
});

test("Bolt's client is told the places of a wrong view, and may change an open one", async () => {
  const { workspace, server } = await aSlack();
  const { client } = await anApp(server, () => {});
  const trigger_id = workspace.modals.triggers.grant(ANA);
  const { submit, ...unsendable } = view;
  const place = "[ERROR] must define `submit` to use `input` block [json-pointer:/view/blocks/0/input]";
  await expect(client.views.open({ trigger_id, view: unsendable })).rejects.toMatchObject({
    data: {
      error: "invalid_arguments",
      response_metadata: { messages: [expect.stringContaining("[ERROR] failed"), place] },
    },
  });
  const opened = await client.views.open({ trigger_id, view });
  const { id = "", hash = "" } = opened.view ?? {};
  await client.views.update({ view_id: id, hash, view: { ...view, submit: { type: "plain_text", text: "Send" } } });
  expect(workspace.modals.of(ANA)).toMatchObject({ id, submit: "Send" });
  const again = workspace.modals.triggers.grant(ANA);
  const pushed = await client.apiCall("views.push", { trigger_id: again, view: aForm() });
  expect(pushed).toMatchObject({ view: { root_view_id: id, previous_view_id: id } });
});
