import type { Message } from "./message.ts";
import { historyScope } from "./scopes.ts";
import { showView, type View } from "./view.ts";
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

/**
 * The events of a new message: `message`, and `app_mention` where a person calls the bot; each only where the app is granted
 * its scope.
 */
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
  const envelopes = isGranted(workspace, message.channel) ? [eventEnvelope(workspace, event)] : [];
  const isCall = message.user !== workspace.bot.userId && message.text.includes(`<@${workspace.bot.userId}>`);
  if (!isCall || !workspace.scopes.includes("app_mentions:read")) return envelopes;
  const { channel_type, ...mention } = event;
  return [...envelopes, eventEnvelope(workspace, { ...mention, type: "app_mention" })];
}

/** One event, or none without the scope. */
export function editEvents(workspace: Workspace, message: Message, previous: Message): Envelope[] {
  if (!isGranted(workspace, message.channel)) return [];
  const event = {
    type: "message",
    subtype: "message_changed",
    message: workspace.show(message),
    previous_message: workspace.show(previous),
    hidden: true,
    ...eventPlace(workspace, message.channel, message.editedTs ?? message.ts),
  };
  return [eventEnvelope(workspace, event)];
}

export function deletionEvents(workspace: Workspace, previous: Message, ts: string): Envelope[] {
  if (!isGranted(workspace, previous.channel)) return [];
  const event = {
    type: "message",
    subtype: "message_deleted",
    deleted_ts: previous.ts,
    previous_message: workspace.show(previous),
    hidden: true,
    ...eventPlace(workspace, previous.channel, ts),
  };
  return [eventEnvelope(workspace, event)];
}

function isGranted(workspace: Workspace, channel: string): boolean {
  return workspace.scopes.includes(historyScope(workspace.channel(channel)));
}

function eventPlace(workspace: Workspace, channel: string, ts: string) {
  return { channel, channel_type: channelType(workspace, channel), ts, event_ts: ts };
}

function channelType(workspace: Workspace, channel: string): string {
  return workspace.channel(channel).isPrivate ? "group" : "channel";
}

/** Who did it, in the form that all interactions share. */
function interaction(workspace: Workspace, user: string) {
  const person = workspace.user(user);
  const { team, bot } = workspace;
  return {
    token: VERIFICATION_TOKEN,
    api_app_id: bot.appId,
    trigger_id: workspace.modals.triggers.grant(user),
    team: { id: team.id, domain: team.domain },
    user: { id: person.id, username: person.name, name: person.name, team_id: person.teamId },
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
    ...interaction(workspace, press.user),
    channel: { id: message.channel, name: workspace.channel(message.channel).name },
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
  const { token, api_app_id, trigger_id, team, user } = interaction(workspace, command.user);
  const payload = {
    token,
    api_app_id,
    trigger_id,
    team_id: team.id,
    team_domain: team.domain,
    user_id: user.id,
    user_name: user.username,
    channel_id: command.channel,
    channel_name: workspace.channel(command.channel).name,
    command: command.command,
    text: command.text,
    response_url: command.responseUrl,
    is_enterprise_install: "false",
  };
  return { type: "slash_commands", payload, acceptsResponsePayload: true };
}

/** Its ack may say what becomes of the modal. */
export function submissionEnvelope(workspace: Workspace, view: View): Envelope {
  const payload = {
    type: "view_submission",
    ...interaction(workspace, view.user),
    view: showView(view, workspace.team, workspace.bot, true),
    response_urls: [],
  };
  return { type: "interactive", payload, acceptsResponsePayload: true };
}

export function closingEnvelope(workspace: Workspace, view: View, isCleared: boolean): Envelope {
  const { trigger_id, ...who } = interaction(workspace, view.user);
  const payload = {
    type: "view_closed",
    ...who,
    view: showView(view, workspace.team, workspace.bot, true),
    is_cleared: isCleared,
  };
  return { type: "interactive", payload, acceptsResponsePayload: false };
}
