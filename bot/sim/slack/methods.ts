import { type Fields, flagField, textField } from "./fields.ts";
import type { HistoryQuery } from "./history.ts";
import { parseJson } from "./json.ts";
import type { RateLimit } from "./rate-limits.ts";
import { historyScope, infoScope } from "./scopes.ts";
import type { SlackAnswer, Workspace } from "./workspace.ts";

export interface Method {
  readonly token: "bot" | "app";
  /** Any of them will do; none are wanted where there is none. */
  readonly scopes: (workspace: Workspace, fields: Fields) => readonly string[];
  readonly limit: RateLimit | null;
  readonly run: (workspace: Workspace, fields: Fields) => SlackAnswer;
}

type Run = Method["run"];

const of = (scopes: readonly string[], limit: RateLimit | null, run: Run): Method => ({
  token: "bot",
  scopes: () => scopes,
  limit,
  run,
});

/** The scope goes by the channel's kind; where there is no such channel, either kind's. */
const byChannel = (scopeOf: typeof historyScope, limit: RateLimit, run: Run): Method => ({
  token: "bot",
  scopes: (workspace, fields) => {
    const channel = workspace.channelOrNull(need(fields, "channel"));
    return channel === null ? [scopeOf({ isPrivate: false }), scopeOf({ isPrivate: true })] : [scopeOf(channel)];
  },
  limit,
  run,
});

/** The methods by name, with the scopes and the limits that Slack's pages give. */
export const METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ["auth.test", of([], null, (workspace) => workspace.authTest())],
  ["chat.postMessage", of(["chat:write"], "posts", (workspace, fields) => workspace.postMessage(postDraft(fields)))],
  [
    "chat.update",
    of(["chat:write"], "tier 3", (workspace, fields) =>
      workspace.update({ ...postDraft(fields), ts: need(fields, "ts") }),
    ),
  ],
  [
    "chat.postEphemeral",
    of(["chat:write"], "tier 4", (workspace, fields) =>
      workspace.postEphemeral({ ...postDraft(fields), user: need(fields, "user") }),
    ),
  ],
  [
    "chat.delete",
    of(["chat:write"], "tier 3", (workspace, fields) => workspace.delete(need(fields, "channel"), need(fields, "ts"))),
  ],
  [
    "pins.add",
    of(["pins:write"], "tier 2", (workspace, fields) =>
      workspace.pinsAdd(need(fields, "channel"), need(fields, "timestamp")),
    ),
  ],
  [
    "pins.remove",
    of(["pins:write"], "tier 2", (workspace, fields) =>
      workspace.pinsRemove(need(fields, "channel"), need(fields, "timestamp")),
    ),
  ],
  ["pins.list", of(["pins:read"], "tier 2", (workspace, fields) => workspace.pinsList(need(fields, "channel")))],
  ["users.info", of(["users:read"], "tier 4", (workspace, fields) => workspace.usersInfo(need(fields, "user")))],
  [
    "usergroups.users.list",
    of(["usergroups:read"], "tier 2", (workspace, fields) =>
      workspace.usergroupsUsersList(need(fields, "usergroup"), flagField(fields, "include_disabled")),
    ),
  ],
  [
    "conversations.info",
    byChannel(infoScope, "tier 3", (workspace, fields) => workspace.conversationsInfo(need(fields, "channel"))),
  ],
  [
    "conversations.history",
    byChannel(historyScope, "tier 3", (workspace, fields) =>
      workspace.conversationsHistory(need(fields, "channel"), historyQuery(fields)),
    ),
  ],
  [
    "conversations.replies",
    byChannel(historyScope, "tier 3", (workspace, fields) =>
      workspace.conversationsReplies(need(fields, "channel"), need(fields, "ts"), historyQuery(fields)),
    ),
  ],
  [
    "views.open",
    of([], "tier 4", (workspace, fields) =>
      workspace.viewsOpen(textField(fields, "trigger_id"), inner(fields["view"])),
    ),
  ],
  [
    "views.push",
    of([], "tier 4", (workspace, fields) =>
      workspace.viewsPush(textField(fields, "trigger_id"), inner(fields["view"])),
    ),
  ],
  [
    "views.update",
    of([], "tier 4", (workspace, fields) => workspace.viewsUpdate(viewTarget(fields), inner(fields["view"]))),
  ],
]);

function viewTarget(fields: Fields) {
  return {
    viewId: textField(fields, "view_id"),
    externalId: textField(fields, "external_id"),
    hash: textField(fields, "hash"),
  };
}

function historyQuery(fields: Fields): HistoryQuery {
  const limit = textField(fields, "limit");
  return {
    oldest: textField(fields, "oldest"),
    latest: textField(fields, "latest"),
    inclusive: flagField(fields, "inclusive"),
    limit: limit === undefined ? undefined : Number(limit),
    cursor: textField(fields, "cursor"),
    include_all_metadata: flagField(fields, "include_all_metadata"),
  };
}

function postDraft(fields: Fields) {
  return {
    channel: need(fields, "channel"),
    text: textField(fields, "text"),
    blocks: inner(fields["blocks"]),
    thread_ts: textField(fields, "thread_ts"),
    reply_broadcast: flagField(fields, "reply_broadcast"),
    metadata: inner(fields["metadata"]),
  };
}

/** An absent id is an empty one: it is found nowhere, and Slack's answer says so. */
function need(fields: Fields, name: string): string {
  return textField(fields, name) ?? "";
}

/** What is no JSON stays text, which is refused as invalid_blocks_format. */
function inner(value: unknown): unknown {
  return typeof value === "string" ? (parseJson(value) ?? value) : value;
}
