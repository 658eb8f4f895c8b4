/**
 * What agent and bot say to each other through two resources. Parsers are by hand, so that the agent carries no schema
 * library. Times are RFC 3339 in UTC on the wire and epoch milliseconds inside.
 */

/** The order as NodeReboot.status.order shows it. `notAfter` is there from the moment the order is given. */
export interface Order {
  readonly id: string;
  readonly fromBootId: string;
  readonly notAfter: number | null;
}

export interface Reason {
  readonly kind: string;
  readonly identity: string;
  readonly text: string;
  readonly since: number;
}

/** How far the agent is with one order: each step's time, null while it was not made. */
export interface OrderProgress {
  readonly id: string;
  readonly ready: number | null;
  readonly accepted: number | null;
  readonly rebooting: number | null;
  readonly dropped: number | null;
  readonly message: string | null;
}

/** HostReport.status */
export interface ReportStatus {
  readonly bootId: string | null;
  readonly bootedAt: number | null;
  readonly os: string | null;
  readonly kernel: string | null;
  readonly pending: { readonly since: number; readonly reasons: readonly Reason[] } | null;
  readonly order: OrderProgress | null;
  readonly heartbeat: number | null;
  readonly agentVersion: string | null;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

function timeOf(value: unknown): number | null {
  if (typeof value !== "string") return null;
  const time = Date.parse(value);
  return Number.isNaN(time) ? null : time;
}

const timeText = (time: number): string => new Date(time).toISOString();

/** Null for what is no object of the API. */
export function resourceVersionOf(object: unknown): string | null {
  const metadata = isRecord(object) ? object["metadata"] : undefined;
  return isRecord(metadata) ? textOf(metadata["resourceVersion"]) : null;
}

/** The object as it was read with another status; it keeps the resourceVersion, which makes its PUT conditional. */
export function withReportStatus(hostReport: unknown, status: ReportStatus): Record<string, unknown> {
  return { ...(isRecord(hostReport) ? hostReport : {}), status: formatReportStatus(status) };
}

/** Null when the object carries no order. */
export function parseOrder(nodeReboot: unknown): Order | null {
  const status = isRecord(nodeReboot) ? nodeReboot["status"] : undefined;
  const order = isRecord(status) ? status["order"] : undefined;
  if (!isRecord(order)) return null;
  const id = textOf(order["id"]);
  const fromBootId = textOf(order["fromBootID"]);
  if (id === null || fromBootId === null) return null;
  return { id, fromBootId, notAfter: timeOf(order["notAfter"]) };
}

export function formatOrder(order: Order): {
  readonly id: string;
  readonly fromBootID: string;
  readonly notAfter?: string;
} {
  const { id, fromBootId, notAfter } = order;
  return { id, fromBootID: fromBootId, ...(notAfter === null ? {} : { notAfter: timeText(notAfter) }) };
}

/** A report without a status gives all nulls. */
export function parseReportStatus(hostReport: unknown): ReportStatus {
  const raw = isRecord(hostReport) ? hostReport["status"] : undefined;
  const status = isRecord(raw) ? raw : {};
  return {
    bootId: textOf(status["bootID"]),
    bootedAt: timeOf(status["bootedAt"]),
    os: textOf(status["os"]),
    kernel: textOf(status["kernel"]),
    pending: parsePending(status["pending"]),
    order: parseProgress(status["order"]),
    heartbeat: timeOf(status["heartbeat"]),
    agentVersion: textOf(status["agentVersion"]),
  };
}

function parsePending(value: unknown): ReportStatus["pending"] {
  if (!isRecord(value)) return null;
  const since = timeOf(value["since"]);
  const reasons = value["reasons"];
  if (since === null || !Array.isArray(reasons)) return null;
  return { since, reasons: reasons.flatMap(parseReason) };
}

function parseReason(value: unknown): Reason[] {
  if (!isRecord(value)) return [];
  const kind = textOf(value["kind"]);
  const identity = textOf(value["identity"]);
  const since = timeOf(value["since"]);
  if (kind === null || identity === null || since === null) return [];
  return [{ kind, identity, text: textOf(value["text"]) ?? "", since }];
}

function parseProgress(value: unknown): OrderProgress | null {
  if (!isRecord(value)) return null;
  const id = textOf(value["id"]);
  if (id === null) return null;
  return {
    id,
    ready: timeOf(value["ready"]),
    accepted: timeOf(value["accepted"]),
    rebooting: timeOf(value["rebooting"]),
    dropped: timeOf(value["dropped"]),
    message: textOf(value["message"]),
  };
}

/** The wire form of a report's status; what is null is left out. */
export function formatReportStatus(status: ReportStatus): Record<string, unknown> {
  return withoutNulls({
    bootID: status.bootId,
    bootedAt: maybeTime(status.bootedAt),
    os: status.os,
    kernel: status.kernel,
    pending:
      status.pending === null
        ? null
        : {
            since: timeText(status.pending.since),
            reasons: status.pending.reasons.map((reason) => ({ ...reason, since: timeText(reason.since) })),
          },
    order: status.order === null ? null : formatProgress(status.order),
    heartbeat: maybeTime(status.heartbeat),
    agentVersion: status.agentVersion,
  });
}

function formatProgress(progress: OrderProgress): Record<string, unknown> {
  return withoutNulls({
    id: progress.id,
    ready: maybeTime(progress.ready),
    accepted: maybeTime(progress.accepted),
    rebooting: maybeTime(progress.rebooting),
    dropped: maybeTime(progress.dropped),
    message: progress.message,
  });
}

const maybeTime = (time: number | null): string | null => (time === null ? null : timeText(time));

function withoutNulls(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
