import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { parseInstant, SECOND } from "../../core/instant.ts";
import type { Reply } from "./call.ts";
import { headerTime } from "./http-time.ts";

/** What goes out, in bytes. */
export function bytesOf({ body }: Reply): Buffer {
  if (body === null) return Buffer.alloc(0);
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}

/** GitHub's tags depend on who asks and how, so that another token never sees an unchanged answer. */
export function validatorsOf(reply: Reply, bytes: Buffer, headers: IncomingHttpHeaders) {
  const hash = createHash("sha256").update(bytes);
  hash.update(`\0${headers.authorization ?? ""}\0${headers.accept ?? ""}`);
  const modified = reply.modified === undefined ? {} : { "last-modified": headerTime(reply.modified) };
  return { etag: reply.etag ?? `W/"${hash.digest("hex")}"`, ...modified };
}

/** As HTTP has it: where a tag is asked for, the time is not looked at. */
export function isUnchanged(reply: Reply, etag: string, headers: IncomingHttpHeaders): boolean {
  const tags = headers["if-none-match"];
  if (tags !== undefined) return tags === "*" || tags.split(",").some((tag) => strong(tag) === strong(etag));
  const since = parseInstant(headers["if-modified-since"]);
  if (since === null || reply.modified === undefined) return false;
  return Math.floor(reply.modified / SECOND) * SECOND <= since;
}

function strong(tag: string): string {
  return tag.trim().replace(/^W\//, "");
}
