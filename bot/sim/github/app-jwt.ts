import { verify } from "node:crypto";
import { type Instant, MINUTE, SECOND } from "../../core/instant.ts";
import { type Fields, isFields } from "../slack/fields.ts";
import { parseJson } from "../slack/json.ts";
import type { App } from "./access.ts";

export type JwtVerdict =
  | { readonly ok: true; readonly app: App }
  | { readonly ok: false; readonly status: 401 | 404; readonly message: string };

const NOT_DECODED = "A JSON web token could not be decoded";
const NOT_YET = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
const PAST =
  "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
const TOO_FAR = "'Expiration time' claim ('exp') is too far in the future";

export function looksLikeJwt(token: string): boolean {
  return token.split(".").length === 3;
}

/**
 * Grants no second to clocks that differ: that is the client's to see to, by the answer's Date. A clock that is fast is
 * told of the end first, as in https://github.com/octokit/auth-app.js/issues/698.
 */
export function judgeJwt(token: string, apps: readonly App[], now: Instant): JwtVerdict {
  const [head = "", body = "", signature = ""] = token.split(".");
  const header = parsed(head);
  const claims = parsed(body);
  if (header === null || claims === null || header["alg"] !== "RS256") return refused(NOT_DECODED);
  const issuer = String(claims["iss"]);
  const app = apps.find(({ id, clientId }) => issuer === String(id) || issuer === clientId);
  if (app === undefined) return { ok: false, status: 404, message: "Integration not found" };
  const isGenuine = verify(
    "sha256",
    Buffer.from(`${head}.${body}`),
    app.publicKey,
    Buffer.from(signature, "base64url"),
  );
  if (!isGenuine) return refused(NOT_DECODED);
  const { iat, exp } = claims;
  if (typeof exp !== "number" || exp * SECOND <= now) return refused(PAST);
  if (exp * SECOND > now + 10 * MINUTE) return refused(TOO_FAR);
  return typeof iat !== "number" || iat * SECOND > now ? refused(NOT_YET) : { ok: true, app };
}

function refused(message: string): JwtVerdict {
  return { ok: false, status: 401, message };
}

function parsed(part: string): Fields | null {
  const value = parseJson(Buffer.from(part, "base64url").toString("utf8"));
  return isFields(value) ? value : null;
}
