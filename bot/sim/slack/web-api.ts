import { parse as parseForm } from "node:querystring";
import { type Fields, isFields, textField } from "./fields.ts";
import { parseJson } from "./json.ts";
import { METHODS, type Method } from "./methods.ts";
import type { RateLimits } from "./rate-limits.ts";
import { missingScope } from "./scopes.ts";
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

/** What the calls are answered from. */
export interface ApiDesk {
  readonly workspace: Workspace;
  readonly tokens: Tokens;
  /** Of the app's token. */
  readonly appScopes: readonly string[];
  /** Null where nobody counts. */
  readonly limits: RateLimits | null;
  /** Answers apps.connections.open: the server alone knows the address of its socket. */
  readonly open: () => SlackAnswer;
}

/** `granted` and `accepted` are the scopes of the answer's headers; null where the token is not known. */
export type ApiAnswer =
  | {
      readonly kind: "answered";
      readonly answer: SlackAnswer;
      readonly granted: readonly string[] | null;
      readonly accepted: readonly string[];
    }
  | { readonly kind: "rate-limited"; readonly retryAfterSeconds: number };

/** Slack's answer to a call: the token counts first, then its scopes, the limits, and last the arguments. */
export function answerCall(call: ApiCall, desk: ApiDesk): ApiAnswer {
  const method = methodOf(call.method, desk);
  if (method === undefined) return refused({ ok: false, error: "unknown_method" });
  const fields = fieldsOf(call);
  if (fields === null) return refused({ ok: false, error: "invalid_json" });
  const token = call.authorization?.replace(/^Bearer /, "") ?? textField(fields, "token");
  const wrongToken = refusedToken(token, method.token, desk.tokens);
  if (wrongToken !== null) return refused(wrongToken);
  const granted = method.token === "bot" ? desk.workspace.scopes : desk.appScopes;
  const accepted = method.scopes(desk.workspace, fields);
  const missing = missingScope(accepted, granted);
  if (missing !== null) return { kind: "answered", answer: missing, granted, accepted };
  const channel = textField(fields, "channel") ?? "";
  const wait = method.limit === null ? null : (desk.limits?.take(method.limit, call.method, channel) ?? null);
  if (wait !== null) return { kind: "rate-limited", retryAfterSeconds: wait };
  return { kind: "answered", answer: method.run(desk.workspace, fields), granted, accepted };
}

function methodOf(name: string, desk: ApiDesk): Method | undefined {
  if (name !== "apps.connections.open") return METHODS.get(name);
  return { token: "app", scopes: () => ["connections:write"], limit: null, run: desk.open };
}

function refused(answer: SlackRefusal): ApiAnswer {
  return { kind: "answered", answer, granted: null, accepted: [] };
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
