import { afterAll, beforeAll, expect, onTestFailed, onTestFinished, test } from "vitest";
import { ANA, BEN, OPS } from "../../../bot/sim/slack/a-workspace.ts";
import { BOT } from "../../../bot/sim/slack/directory.ts";
import { MANIFEST_SCOPES } from "../../../bot/sim/slack/scopes.ts";
import { startSlackServer } from "../../../bot/sim/slack/server.ts";
import { condition, stringAt } from "../../control-plane/json.ts";
import { waitFor } from "../../control-plane/wait.ts";
import { automaticPolicyText } from "../policy-text.ts";
import type { Program } from "../program.ts";
import { isRebooted, Stage, TOKENS } from "../stage.ts";

// What keeps the bot from Slack is said with what to do, keeps no node from its reboot, and once it is mended all is there.
const FLEET = "/apis/bootswain.dev/v1alpha1/rebootfleets/cluster";
const REFERENCES = "/api/v1/namespaces/bootswain/configmaps/bootswain-slack";

interface Trouble {
  readonly name: string;
  /** Event of the log, and where in it the words stand. */
  readonly logged: readonly [event: string, key: "why" | "says"];
  readonly says: string;
  /** Resolves with a bot that has the trouble. */
  readonly begin: () => Promise<Program> | Program;
  /** What a person does about it; resolves with the bot that runs then. */
  readonly mend: (bot: Program) => Promise<Program> | Program;
}

let stage: Stage;

const withoutScope = (scope: string): Pick<Trouble, "begin" | "mend"> => ({
  begin: () => {
    stage.workspace.setScopes(MANIFEST_SCOPES.filter((one) => one !== scope));
    return stage.startBot();
  },
  mend: (bot) => {
    stage.workspace.setScopes(MANIFEST_SCOPES);
    return bot;
  },
});

const channelIs = (
  wrong: Parameters<Stage["workspace"]["setChannel"]>[1],
  right: typeof wrong,
): Pick<Trouble, "begin" | "mend"> => ({
  begin: () => {
    stage.workspace.setChannel(OPS, wrong);
    return stage.startBot();
  },
  mend: (bot) => {
    stage.workspace.setChannel(OPS, right);
    return bot;
  },
});

/** As its pod is ended: the lease is given back. */
async function end(bot: Program): Promise<void> {
  await bot.signal("SIGTERM");
  await bot.ended;
}

/** New tokens come with a new pod. */
const withRightTokens = async (bot: Program): Promise<Program> => {
  await end(bot);
  return stage.startBot();
};

const TROUBLES: readonly Trouble[] = [
  {
    name: "a bot token that Slack does not know",
    logged: ["slack not connected", "why"],
    says: "Slack refuses SLACK_BOT_TOKEN (invalid_auth). Copy it again from OAuth & Permissions; if the workspace allows certain addresses only, allow the bot's.",
    begin: () => stage.startBot({ tokens: { ...TOKENS, SLACK_BOT_TOKEN: "xoxb-mistyped" } }),
    mend: withRightTokens,
  },
  {
    name: "tokens that are revoked while the bot runs",
    logged: ["slack does not take the app", "says"],
    says: "SLACK_BOT_TOKEN was revoked. Make a new one under OAuth & Permissions by installing the app again, and give it to the bot.",
    begin: async () => {
      const bot = stage.startBot();
      await bot.says("slack connected", 2);
      stage.slack.revokeTokens("token_revoked");
      return bot;
    },
    mend: (bot) => {
      stage.slack.revokeTokens(null);
      return bot;
    },
  },
  {
    name: "an app token without its scope",
    logged: ["slack not connected", "why"],
    says: "SLACK_APP_TOKEN lacks the scope connections:write. Make one that has it under Basic Information, App-Level Tokens.",
    begin: async () => {
      const lacking = await startSlackServer({
        workspace: stage.workspace,
        botToken: TOKENS.SLACK_BOT_TOKEN,
        appToken: TOKENS.SLACK_APP_TOKEN,
        appScopes: [],
      });
      onTestFinished(() => lacking.close());
      return stage.startBot({ slackApiUrl: lacking.apiUrl });
    },
    mend: withRightTokens,
  },
  {
    name: "an app that may not write",
    logged: ["slack does not take the app", "says"],
    says: "The app lacks the scope chat:write; add it under OAuth & Permissions and install the app again.",
    ...withoutScope("chat:write"),
  },
  {
    name: "an app that may not pin",
    logged: ["slack does not take a card", "says"],
    says: "The app lacks the scope pins:write; add it under OAuth & Permissions and install the app again.",
    ...withoutScope("pins:write"),
  },
  {
    name: "a channel that the app is not in",
    logged: ["slack does not take a channel", "says"],
    says: `Slack channel ${OPS}: the app is not in it. Invite it there with /invite.`,
    ...channelIs({ members: [ANA, BEN] }, { members: [ANA, BEN, BOT.userId] }),
  },
  {
    name: "an archived channel",
    logged: ["slack does not take a channel", "says"],
    says: `Slack channel ${OPS}: it is archived. Unarchive it, or name another channel in the policy.`,
    ...channelIs({ archived: true }, { archived: false }),
  },
];

const NODES = TROUBLES.map((_, index) => `node-${index + 1}`);

beforeAll(async () => {
  stage = await Stage.set({
    policy: automaticPolicyText.replace("pools:", `slack: { channel: ${OPS} }\npools:`),
    nodes: NODES.map((name) => ({ name, isControlPlane: false })),
  });
});

afterAll(() => stage?.clear());

/** As before the bot was ever there. */
async function forget(): Promise<void> {
  for (const { ts } of stage.messages()) stage.workspace.erase(OPS, ts);
  await stage.plane.rest.request("DELETE", REFERENCES);
}

const slackIs = (status: "True" | "False", says = ""): Promise<unknown> =>
  waitFor(stage.plane.rest, FLEET, (fleet) => {
    const connected = condition(fleet, "SlackConnected");
    return stringAt(connected, "status") === status && stringAt(connected, "message").includes(says);
  });

/** The pinned board shows what became of the node. */
const boardTellsOf = (node: string): Promise<true> =>
  stage.workspace.log.until(() => {
    const pinned = stage.messages().filter(({ ts }) => stage.workspace.pins(OPS).includes(ts));
    return pinned.some(({ blocks }) => JSON.stringify(blocks).includes(node)) || null;
  });

test.each(TROUBLES.map((trouble, index) => ({ ...trouble, node: NODES[index] ?? "" })))(
  "$name: said with what to do, nodes go on without Slack, and all is there once it is mended",
  async ({ node, logged: [event, key], says, begin, mend }) => {
    onTestFailed(() => void process.stderr.write(`${stage.botLog()}\n`));
    const machine = stage.machine(node);
    machine.startAgent();
    const bot = await begin();
    await machine.needReboot();
    await slackIs("False", says);
    expect((await bot.says(event))[key]).toBe(says);
    await stage.rebootIs(node, isRebooted);
    await slackIs("False", says);
    const mended = await mend(bot);
    await slackIs("True");
    await boardTellsOf(node);
    expect(machine.calls).toBe(1);
    await end(mended);
    await stage.removeMachine(node);
    await forget();
  },
);
