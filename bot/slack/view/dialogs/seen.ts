import { field } from "../../field.ts";
import type { CardTarget } from "../card.ts";

/**
 * What a person was shown when a dialog opened. It travels through Slack and back, so it says what was seen and gives no
 * right: whoever changes it only says that he saw something else.
 */
export interface Seen {
  /** The message that was clicked. */
  readonly channel: string;
  readonly ts: string;
  /** A block id of the message's content, less its number. */
  readonly seen: string;
  /** Null where they were too many to carry: then they are what the message's content stands for. */
  readonly targets: readonly CardTarget[] | null;
  readonly zone: string;
  /** How long nodes may be skipped; null where that is not known. */
  readonly upTo: number | null;
}

/** Slack takes 3,000 characters. */
const METADATA_MOST = 3_000;

export function formatSeen(seen: Seen): string {
  const whole = JSON.stringify(seen);
  return whole.length <= METADATA_MOST ? whole : JSON.stringify({ ...seen, targets: null });
}

/** Null for what is not ours. */
export function parseSeen(text: string): Seen | null {
  const value = parsed(text);
  const [channel, ts, seen, zone] = ["channel", "ts", "seen", "zone"].map((key) => field(value, key));
  if (typeof channel !== "string" || typeof ts !== "string" || typeof seen !== "string" || typeof zone !== "string")
    return null;
  const targets = field(value, "targets");
  const upTo = field(value, "upTo");
  return {
    channel,
    ts,
    seen,
    zone,
    targets: Array.isArray(targets) ? targets.flatMap(parseTarget) : null,
    upTo: typeof upTo === "number" ? upTo : null,
  };
}

function parseTarget(value: unknown): readonly CardTarget[] {
  const [node, digest] = [field(value, "node"), field(value, "digest")];
  return typeof node === "string" && typeof digest === "string" ? [{ node, digest, isOver: false }] : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
