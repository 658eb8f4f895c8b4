import type { Chat, ChatAnswer, Log } from "../../../coordinator/ports.ts";
import type { Policy } from "../../../core/policy/policy.ts";
import { aNode } from "../../../core/testing/builders.ts";
import { aPolicy, aPool } from "../../../core/testing/policies.ts";
import { Outbox } from "../../../slack/outbox.ts";
import { ReferenceStore } from "../../../slack/references.ts";
import { ConfigMapApi } from "../../../slack/testing/configmap-api.ts";
import { HandClock } from "../../../slack/testing/hand-clock.ts";
import { aTurn } from "../../../slack/testing/turns.ts";
import { ANA, aWorkspace, BEN } from "../a-workspace.ts";
import { SimulatedChat } from "../chat.ts";
import { BOT } from "../directory.ts";
import type { Workspace } from "../workspace.ts";

/** A chat whose looks and pins are scripted; null lets one through. */
export class ScriptedChat extends SimulatedChat {
  readonly finds: (ChatAnswer | null)[] = [];
  looked: Parameters<Chat["find"]>[0][] = [];

  override async find(wanted: Parameters<Chat["find"]>[0]): Promise<ChatAnswer> {
    this.looked.push(wanted);
    return this.finds.shift() ?? super.find(wanted);
  }
}

interface Setting {
  readonly workspace?: Workspace;
  readonly api?: ConfigMapApi;
  readonly clock?: HandClock;
}

/** An outbox over an emulated workspace, with time in the test's hand. */
export function anOutbox(setting: Setting = {}) {
  const { workspace = aWorkspace(), api = new ConfigMapApi(), clock = new HandClock() } = setting;
  const chat = new ScriptedChat(workspace);
  const warned: Readonly<Record<string, unknown>>[] = [];
  const log: Log = { info: () => {}, warn: (event, fields) => void warned.push({ event, ...fields }) };
  const references = new ReferenceStore(api, "bootswain");
  const outbox = new Outbox({ chat, references, clock, log });
  const headlines = (channel: string): readonly string[] =>
    workspace.messages(channel).map(({ text }) => text.split("\n")[0] ?? "");
  return { workspace, api, clock, chat, faults: chat.faults, warned, outbox, references, headlines };
}

/** A workspace with these channels, all with the bot in them. */
export const withChannels = (...ids: readonly string[]): Workspace =>
  aWorkspace({ channels: ids.map((id) => ({ id, name: id.toLowerCase(), members: [ANA, BEN, BOT.userId] })) });

/** A turn in which one node of each pool wants approval, in the pool's channel. */
export function askingTurn(channels: readonly string[], changes: Partial<Policy> = {}) {
  const numbered = channels.map((slackChannel, index) => ({ slackChannel, name: `pool-${index}`, node: `n-${index}` }));
  const people = new Map([["ana", { name: "ana", slack: ANA, kubernetes: null }]]);
  const pools = numbered.map(({ slackChannel, name }) =>
    aPool({ name, mode: "approval", slackChannel, matchLabels: { pool: name } }),
  );
  const nodes = numbered.map(({ node, name }) => aNode({ name: node, labels: { pool: name } }));
  const policy = aPolicy({ slackChannel: channels[0] ?? null, people, pools, ...changes });
  return aTurn({ nodes }, { policy });
}
