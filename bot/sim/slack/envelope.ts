import type { Message } from "./message.ts";
import type { Workspace } from "./workspace.ts";

/** What Slack sends down a Socket Mode connection, less the id that each sending gets. */
export interface Envelope {
  readonly type: "events_api" | "interactive" | "slash_commands";
  readonly payload: Readonly<Record<string, unknown>>;
  /** Whether an ack may carry an answer. */
  readonly acceptsResponsePayload: boolean;
}

/** `answer` is the payload of the ack; `sent` counts the sendings of the envelope. */
export interface Delivery {
  readonly acked: boolean;
  readonly answer: unknown;
  readonly sent: number;
}

/** Brings envelopes to the app: the server over WebSocket, or a simulation by a call. */
export interface Carrier {
  deliver(envelope: Envelope): Promise<Delivery>;
  /** Where the app may answer this user without a token. */
  responseUrl(place: ResponsePlace): string;
}

export interface ResponsePlace {
  readonly channel: string;
  readonly user: string;
  /** The message that was clicked; null for a slash command. */
  readonly ts: string | null;
  readonly threadTs: string | null;
}

const VERIFICATION_TOKEN = "verification-token-unused";

/** Wraps one event for the app. */
function eventEnvelope(workspace: Workspace, event: Readonly<Record<string, unknown>>): Envelope {
  const { team, bot } = workspace;
  const payload = {
    token: VERIFICATION_TOKEN,
    team_id: team.id,
    context_team_id: team.id,
    api_app_id: bot.appId,
    event,
    type: "event_callback",
    event_id: workspace.nextId("Ev"),
    event_time: Math.floor(workspace.now() / 1_000),
    authorizations: [
      { enterprise_id: null, team_id: team.id, user_id: bot.userId, is_bot: true, is_enterprise_install: false },
    ],
    is_ext_shared_channel: false,
  };
  return { type: "events_api", payload, acceptsResponsePayload: false };
}

/** The events of a new message: `message`, and `app_mention` where a person calls the bot. */
export function messageEvents(workspace: Workspace, message: Message): Envelope[] {
  const sender = workspace.user(message.user);
  const parent = message.threadTs === null ? null : workspace.message(message.channel, message.threadTs);
  const event = {
    ...workspace.show(message),
    ...(sender.isBot ? {} : { client_msg_id: workspace.nextId("00000000-0000-4000-8000-0000") }),
    ...(sender.teamId === workspace.team.id ? {} : { user_team: sender.teamId, source_team: sender.teamId }),
    ...(parent === null ? {} : { parent_user_id: parent.user }),
    channel: message.channel,
    channel_type: channelType(workspace, message.channel),
    event_ts: message.ts,
  };
  const envelopes = [eventEnvelope(workspace, event)];
  const isCall = message.user !== workspace.bot.userId && message.text.includes(`<@${workspace.bot.userId}>`);
  if (!isCall) return envelopes;
  const { channel_type, ...mention } = event;
  return [...envelopes, eventEnvelope(workspace, { ...mention, type: "app_mention" })];
}

export function editEvent(workspace: Workspace, message: Message, previous: Message): Envelope {
  return eventEnvelope(workspace, {
    type: "message",
    subtype: "message_changed",
    message: workspace.show(message),
    previous_message: workspace.show(previous),
    hidden: true,
    ...eventPlace(workspace, message.channel, message.editedTs ?? message.ts),
  });
}

export function deletionEvent(workspace: Workspace, previous: Message, ts: string): Envelope {
  return eventEnvelope(workspace, {
    type: "message",
    subtype: "message_deleted",
    deleted_ts: previous.ts,
    previous_message: workspace.show(previous),
    hidden: true,
    ...eventPlace(workspace, previous.channel, ts),
  });
}

function eventPlace(workspace: Workspace, channel: string, ts: string) {
  return { channel, channel_type: channelType(workspace, channel), ts, event_ts: ts };
}

function channelType(workspace: Workspace, channel: string): string {
  return workspace.channel(channel).isPrivate ? "group" : "channel";
}

/** Who did it and where, in the form that all interactions share. */
function interaction(workspace: Workspace, user: string, channel: string) {
  const person = workspace.user(user);
  const { team, bot } = workspace;
  return {
    token: VERIFICATION_TOKEN,
    api_app_id: bot.appId,
    trigger_id: workspace.nextId("1234567890.9876543210."),
    team: { id: team.id, domain: team.domain },
    user: { id: person.id, username: person.name, name: person.name, team_id: person.teamId },
    channel: { id: channel, name: workspace.channel(channel).name },
    enterprise: null,
    is_enterprise_install: false,
  };
}

export interface Press {
  readonly user: string;
  readonly message: Message;
  readonly blockId: string;
  readonly button: Readonly<Record<string, unknown>>;
  readonly responseUrl: string;
}

export function clickEnvelope(workspace: Workspace, press: Press): Envelope {
  const { message, button } = press;
  const payload = {
    type: "block_actions",
    ...interaction(workspace, press.user, message.channel),
    container: {
      type: "message",
      message_ts: message.ts,
      channel_id: message.channel,
      is_ephemeral: false,
      ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
    },
    message: workspace.show(message),
    state: { values: {} },
    response_url: press.responseUrl,
    actions: [{ ...button, type: "button", block_id: press.blockId, action_ts: workspace.nextTs() }],
  };
  return { type: "interactive", payload, acceptsResponsePayload: false };
}

export interface Command {
  readonly user: string;
  readonly channel: string;
  /** With its slash. */
  readonly command: string;
  readonly text: string;
  readonly responseUrl: string;
}

export function commandEnvelope(workspace: Workspace, command: Command): Envelope {
  const { token, api_app_id, trigger_id, team, user, channel } = interaction(workspace, command.user, command.channel);
  const payload = {
    token,
    api_app_id,
    trigger_id,
    team_id: team.id,
    team_domain: team.domain,
    user_id: user.id,
    user_name: user.username,
    channel_id: channel.id,
    channel_name: channel.name,
    command: command.command,
    text: command.text,
    response_url: command.responseUrl,
    is_enterprise_install: "false",
  };
  return { type: "slash_commands", payload, acceptsResponsePayload: true };
}
