/**
 * What the checker sees: objects as the API server stores them and calls as the hosts received them. It imports nothing
 * of the product, so that a mistake there can't hide itself here.
 */

export interface Change {
  readonly at: number;
  /** When whoever wrote it asked for it: the call may have been under way for long. */
  readonly decidedAt: number;
  /** Who wrote: "bot…" for a bot, "agent…" for an agent; anything else is the world around them. */
  readonly actor: string;
  readonly verb: "create" | "update" | "delete" | "evict";
  readonly resource: string;
  /** The object before and after; null where there is none. */
  readonly before: unknown;
  readonly after: unknown;
}

export interface RebootCall {
  readonly at: number;
  readonly node: string;
}

/** What a process is about to ask of the API server. */
export interface Request {
  readonly at: number;
  readonly process: string;
  /** The verb and what it is about. */
  readonly what: string;
}

/** Reads a path of keys out of an object; undefined where it ends early. */
export function at(object: unknown, ...keys: readonly string[]): unknown {
  let value = object;
  for (const key of keys) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

export const text = (value: unknown): string => (typeof value === "string" ? value : "");

export const nameOf = (object: unknown): string => text(at(object, "metadata", "name"));

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const time = (value: unknown): number => Date.parse(text(value));

const CORDONED_FOR = "bootswain.dev/cordoned-for";

export function cordonedFor(node: unknown): string {
  return text(at(node, "metadata", "annotations", CORDONED_FOR));
}

export const isUnschedulable = (node: unknown): boolean => at(node, "spec", "unschedulable") === true;
