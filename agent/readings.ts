import type { Api, Clock, Instant, Reply } from "./ports.ts";
import { type Order, parseOrder, parseReportStatus, type ReportStatus, resourceVersionOf } from "./protocol.ts";

export type ReportReading =
  | { readonly kind: "read"; readonly object: unknown; readonly status: ReportStatus }
  | { readonly kind: "failed"; readonly why: string };

export type OrderReading =
  | {
      readonly kind: "read";
      readonly order: Order | null;
      /** Where a watch on the NodeReboot may begin; null while there is no NodeReboot. */
      readonly watchFrom: string | null;
      /** The latest that the server's clock can show at the moment of asking. */
      readonly latest: () => Instant;
    }
  | { readonly kind: "failed"; readonly why: string };

/** A Date header shows whole seconds: the server's clock was up to this much further. */
const DATE_GRAIN = 1_000;

export async function readReport(api: Api, node: string): Promise<ReportReading> {
  const reply = await api.get("hostreports", node);
  const what = `HostReport ${node}`;
  if (reply.kind === "answered" && reply.code === 404) {
    return { kind: "failed", why: `${what} is not there yet; the bot makes it` };
  }
  if (reply.kind === "unanswered" || reply.code !== 200) return { kind: "failed", why: problemOf(what, reply) };
  if (resourceVersionOf(reply.body) === null) return { kind: "failed", why: `${what} was answered by no object` };
  return { kind: "read", object: reply.body, status: parseReportStatus(reply.body) };
}

export async function readOrder(api: Api, clock: Clock, node: string): Promise<OrderReading> {
  const sent = { wall: clock.now(), monotonic: clock.monotonic() };
  const reply = await api.get("nodereboots", node);
  const what = `NodeReboot ${node}`;
  if (reply.kind === "unanswered" || (reply.code !== 200 && reply.code !== 404)) {
    return { kind: "failed", why: problemOf(what, reply) };
  }
  // The server took its Date between our sending and the arrival: counting from the sending is never too early.
  const latest = (): Instant => {
    const elapsed = Math.max(clock.now() - sent.wall, clock.monotonic() - sent.monotonic, 0);
    return reply.date + DATE_GRAIN + elapsed;
  };
  if (reply.code === 404) return { kind: "read", order: null, watchFrom: null, latest };
  const watchFrom = resourceVersionOf(reply.body);
  if (watchFrom === null) return { kind: "failed", why: `${what} was answered by no object` };
  return { kind: "read", order: parseOrder(reply.body), watchFrom, latest };
}

export function problemOf(what: string, reply: Reply): string {
  return reply.kind === "unanswered" ? `${what}: no answer, ${reply.why}` : `${what}: answered ${reply.code}`;
}
