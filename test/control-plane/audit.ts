import { readFile } from "node:fs/promises";
import { field, type Json, parseJson, stringAt } from "./json.ts";

/**
 * One request that was answered. Bodies are there for writes to nodes, their status, evictions, the bot's lease and bootswain.dev; of
 * pods that are deleted, what was sent.
 */
export interface AuditEvent {
  readonly verb: string;
  readonly user: string;
  readonly userAgent: string;
  readonly resource: string;
  readonly subresource: string;
  readonly apiGroup: string;
  readonly namespace: string;
  readonly name: string;
  readonly code: number;
  readonly requestURI: string;
  /** When the answer was complete, in UTC with microseconds. */
  readonly stageTimestamp: string;
  readonly requestReceivedTimestamp: string;
  readonly requestObject: Json | undefined;
  readonly responseObject: Json | undefined;
}

/** The events in the order in which their answers were complete. */
export async function readAuditLog(file: string): Promise<AuditEvent[]> {
  const lines = (await readFile(file, "utf8")).split("\n");
  // What follows the last line break is empty, or a line that is just being written.
  return lines.slice(0, -1).map((line) => parseAuditEvent(parseJson(line)));
}

function parseAuditEvent(line: Json): AuditEvent {
  const code = field(line, "responseStatus", "code");
  return {
    verb: stringAt(line, "verb"),
    user: stringAt(line, "user", "username"),
    userAgent: stringAt(line, "userAgent"),
    resource: stringAt(line, "objectRef", "resource"),
    subresource: stringAt(line, "objectRef", "subresource"),
    apiGroup: stringAt(line, "objectRef", "apiGroup"),
    namespace: stringAt(line, "objectRef", "namespace"),
    name: stringAt(line, "objectRef", "name"),
    code: typeof code === "number" ? code : 0,
    requestURI: stringAt(line, "requestURI"),
    stageTimestamp: stringAt(line, "stageTimestamp"),
    requestReceivedTimestamp: stringAt(line, "requestReceivedTimestamp"),
    requestObject: field(line, "requestObject"),
    responseObject: field(line, "responseObject"),
  };
}
