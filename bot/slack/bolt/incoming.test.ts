import { afterEach, expect, test } from "vitest";
import { ANA, aWorkspace, OPS } from "../../sim/slack/a-workspace.ts";
import { BOT } from "../../sim/slack/directory.ts";
import { Person } from "../../sim/slack/person.ts";
import { startSlackServer } from "../../sim/slack/server.ts";
import type { Submission, Written } from "../deeds.ts";
import { hearing } from "../testing/incoming.ts";
import { connectSlack } from "./connect.ts";

const [botToken, appToken] = ["xoxb-test", "xapp-test"];
const endings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** The real Bolt; a dialog is wrong as long as `time` is empty. */
async function aConnection() {
  const workspace = aWorkspace();
  const server = await startSlackServer({ workspace, botToken, appToken });
  endings.push(() => server.close());
  const slack = connectSlack({ appToken, botToken, apiUrl: server.apiUrl, log: { info: () => {}, warn: () => {} } });
  const submitted: Submission[] = [];
  const commands: Written[] = [];
  const written: Written[] = [];
  await slack.start({
    clicked: () => undefined,
    written: (one) => void written.push(one),
    commanded: async (command) => {
      commands.push(command);
      return command.text === "" ? "" : `You said ${command.text}.`;
    },
    errorsIn: ({ values }) => (values["time"] === null ? { time: "Say until when." } : null),
    submitted: (one) => void submitted.push(one),
  });
  endings.push(() => slack.stop());
  return { server, submitted, commands, written, ana: new Person(workspace, server, ANA) };
}

/** As Slack sends it when a dialog is sent off. */
const submission = (time: string | null) => ({
  type: "interactive" as const,
  acceptsResponsePayload: true,
  payload: {
    type: "view_submission",
    team: { id: "T1", domain: "t" },
    user: { id: ANA, team_id: "T1" },
    enterprise: null,
    api_app_id: "A1",
    token: "t",
    trigger_id: "1.1",
    view: {
      id: "V1",
      type: "modal",
      callback_id: "skip:c",
      private_metadata: "{}",
      state: { values: { time: { time: { type: "plain_text_input", value: time } } } },
    },
  },
});

test("what is wrong with a dialog goes back with the acknowledgement, and what is right closes it", async () => {
  const { server, submitted } = await aConnection();
  expect(await server.deliver(submission(null))).toMatchObject({
    acked: true,
    answer: { response_action: "errors", errors: { time: "Say until when." } },
  });
  expect(submitted).toEqual([]);
  expect(await server.deliver(submission("mon"))).toMatchObject({ acked: true, answer: {} });
  expect(submitted).toMatchObject([{ callbackId: "skip:c", viewId: "V1", user: ANA, values: { time: "mon" } }]);
});

test("a dialog that comes over both sockets is closed twice and handed on once", async () => {
  const { server, submitted } = await aConnection();
  for (let count = 0; count < 2; count += 1) expect((await server.deliver(submission("mon"))).acked).toBe(true);
  expect(submitted).toHaveLength(1);
});

test("a slash command's answer goes to that person alone; one that was answered elsewhere has none", async () => {
  const { ana, commands } = await aConnection();
  await ana.command({ channel: OPS, command: "/bootswain-prod", text: "status" });
  expect((await ana.nextEphemeral()).text).toBe("You said status.");
  await ana.command({ channel: OPS, command: "/bootswain", text: "" });
  expect(commands.map(({ text, isAddressed }) => [text, isAddressed])).toEqual([
    ["status", true],
    ["", true],
  ]);
  expect(ana.ephemerals()).toHaveLength(1);
});

test("a mention in the channel is handed on without the mention", async () => {
  const { ana, written } = await aConnection();
  await ana.say({ channel: OPS, text: `<@${BOT.userId}> approve 01` });
  expect(written.map(({ text, threadTs, isAddressed }) => [text.trim(), threadTs, isAddressed])).toEqual([
    ["approve 01", null, true],
  ]);
});

test("nothing is acknowledged before it was dealt with, a reply neither", async () => {
  const workspace = aWorkspace();
  const server = await startSlackServer({ workspace, botToken, appToken });
  endings.push(() => server.close());
  const slack = connectSlack({ appToken, botToken, apiUrl: server.apiUrl, log: { info: () => {}, warn: () => {} } });
  const begun = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  const written = (): Promise<void> => {
    begun.resolve();
    return done.promise;
  };
  await slack.start(hearing({ written }));
  endings.push(() => slack.stop());
  const { ts } = workspace.say({ channel: OPS, text: "hello", user: ANA });
  let isAcked = false;
  const said = new Person(workspace, server, ANA).reply({ channel: OPS, threadTs: ts, text: "approve" }).then((one) => {
    isAcked = true;
    return one;
  });
  await begun.promise;
  await new Promise((resolve) => void setImmediate(resolve));
  expect(isAcked).toBe(false);
  done.resolve();
  expect((await said).acked).toBe(true);
});
