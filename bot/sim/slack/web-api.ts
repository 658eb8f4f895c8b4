import { parse as parseForm } from "node:querystring";
import { type Fields, flagField, isFields, textField } from "./fields.ts";
import type { SlackAnswer, SlackRefusal, Workspace } from "./workspace.ts";

/** A request as it came in. */
export interface ApiCall {
  readonly method: string;
  readonly authorization: string | undefined;
  readonly contentType: string;
  readonly body: string;
}

export interface Tokens {
  readonly bot: string;
  readonly app: string;
}

interface Method {
  readonly token: keyof Tokens;
  readonly run: (workspace: Workspace, fields: Fields) => SlackAnswer;
}

const METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ["auth.test", { token: "bot", run: (workspace) => workspace.authTest() }],
  ["chat.postMessage", { token: "bot", run: (workspace, fields) => workspace.postMessage(postDraft(fields)) }],
  [
    "chat.update",
    { token: "bot", run: (workspace, fields) => workspace.update({ ...postDraft(fields), ts: need(fields, "ts") }) },
  ],
  [
    "chat.postEphemeral",
    {
      token: "bot",
      run: (workspace, fields) => workspace.postEphemeral({ ...postDraft(fields), user: need(fields, "user") }),
    },
  ],
  [
    "chat.delete",
    { token: "bot", run: (workspace, fields) => workspace.delete(need(fields, "channel"), need(fields, "ts")) },
  ],
  [
    "pins.add",
    { token: "bot", run: (workspace, fields) => workspace.pinsAdd(need(fields, "channel"), need(fields, "timestamp")) },
  ],
  ["users.info", { token: "bot", run: (workspace, fields) => workspace.usersInfo(need(fields, "user")) }],
  [
    "usergroups.users.list",
    { token: "bot", run: (workspace, fields) => workspace.usergroupsUsersList(need(fields, "usergroup")) },
  ],
  [
    "conversations.info",
    { token: "bot", run: (workspace, fields) => workspace.conversationsInfo(need(fields, "channel")) },
  ],
  [
    "conversations.history",
    { token: "bot", run: (workspace, fields) => workspace.conversationsHistory(need(fields, "channel")) },
  ],
  [
    "conversations.replies",
    {
      token: "bot",
      run: (workspace, fields) => workspace.conversationsReplies(need(fields, "channel"), need(fields, "ts")),
    },
  ],
]);

/** Handled by the server itself, which knows the address of its socket. */
const OPEN_CONNECTION = "apps.connections.open";

/** Slack's answer to a call; `open` answers apps.connections.open. */
export function answerCall(call: ApiCall, workspace: Workspace, tokens: Tokens, open: () => SlackAnswer): SlackAnswer {
  const method: Method | undefined =
    call.method === OPEN_CONNECTION ? { token: "app", run: open } : METHODS.get(call.method);
  if (method === undefined) return { ok: false, error: "unknown_method" };
  const fields = fieldsOf(call);
  if (fields === null) return { ok: false, error: "invalid_json" };
  const token = call.authorization?.replace(/^Bearer /, "") ?? textField(fields, "token");
  return refusedToken(token, method.token, tokens) ?? method.run(workspace, fields);
}

function refusedToken(token: string | undefined, wanted: keyof Tokens, tokens: Tokens): SlackRefusal | null {
  if (token === undefined || token === "") return { ok: false, error: "not_authed" };
  if (token === tokens[wanted]) return null;
  const isOther = token === tokens.bot || token === tokens.app;
  return { ok: false, error: isOther ? "not_allowed_token_type" : "invalid_auth" };
}

/** Form bodies carry blocks and metadata as JSON text, JSON bodies as they are. Null for JSON that isn't an object. */
function fieldsOf({ contentType, body }: ApiCall): Fields | null {
  if (!contentType.startsWith("application/json")) return { ...parseForm(body) };
  const parsed = parseJson(body);
  return isFields(parsed) ? parsed : null;
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
