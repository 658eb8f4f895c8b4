import type { Message } from "./message.ts";

const DEFAULT_LIMIT = 100;
const LIMIT_MAX = 999;
const CURSOR = "next_ts:";

/** What conversations.history and .replies may be asked; times are message times. */
export interface HistoryQuery {
  readonly oldest?: string | undefined;
  readonly latest?: string | undefined;
  readonly inclusive?: boolean | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  readonly include_all_metadata?: boolean | undefined;
}

interface HistoryPage {
  readonly ok: true;
  readonly messages: readonly Message[];
  readonly has_more: boolean;
  /** Empty on the last page. */
  readonly next_cursor: string;
}

export interface WrongQuery {
  readonly ok: false;
  readonly error: "invalid_limit" | "invalid_ts_oldest" | "invalid_ts_latest" | "invalid_cursor";
}

/** One page of messages that stand in the order in which they are given out, newest first or oldest first. */
export function pageOf(messages: readonly Message[], query: HistoryQuery): HistoryPage | WrongQuery {
  const wrong = wrongIn(query);
  if (wrong !== null) return { ok: false, error: wrong };
  const within = messages.filter(({ ts }) => isWithin(Number(ts), query));
  const from = query.cursor === undefined ? 0 : within.findIndex(({ ts }) => cursorOf(ts) === query.cursor);
  if (from < 0) return { ok: false, error: "invalid_cursor" };
  const limit = query.limit ?? DEFAULT_LIMIT;
  const next = within[from + limit];
  const next_cursor = next === undefined ? "" : cursorOf(next.ts);
  return { ok: true, messages: within.slice(from, from + limit), has_more: next !== undefined, next_cursor };
}

function wrongIn({ limit, oldest, latest }: HistoryQuery): WrongQuery["error"] | null {
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0 && limit <= LIMIT_MAX)) return "invalid_limit";
  if (oldest !== undefined && !Number.isFinite(Number(oldest))) return "invalid_ts_oldest";
  return latest !== undefined && !Number.isFinite(Number(latest)) ? "invalid_ts_latest" : null;
}

/** Without `inclusive` both ends are left out. */
function isWithin(ts: number, { oldest, latest, inclusive }: HistoryQuery): boolean {
  if (inclusive === true && (ts === Number(oldest) || ts === Number(latest))) return true;
  return (oldest === undefined || ts > Number(oldest)) && (latest === undefined || ts < Number(latest));
}

function cursorOf(ts: string): string {
  return Buffer.from(`${CURSOR}${ts.replace(".", "")}`).toString("base64");
}
