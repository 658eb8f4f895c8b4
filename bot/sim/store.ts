import type { WatchCall, WatchEvent, WatchListener } from "../coordinator/ports.ts";
import type { Instant } from "../core/instant.ts";
import { type Draft, type Stored, stamp, storedKey } from "./objects.ts";
import type { SeededRandom } from "./random.ts";
import type { Change } from "./rules/world.ts";
import { matches, type Selection, selectionOf } from "./selection.ts";

export interface LoggedEvent {
  readonly version: number;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly before: Stored | null;
  readonly after: Stored | null;
}

interface Watcher {
  readonly selection: Selection;
  readonly listener: WatchListener;
}

/** How much history a watch can resume from. */
const HISTORY_KEPT = 2_000;

/** One table for each kind behind one counter of versions, with the history that watches are fed from. */
export class Store {
  readonly #tables = new Map<string, Map<string, Stored>>();
  /** Controllers look at whole tables all the time. */
  readonly #sorted = new Map<string, readonly Stored[]>();
  readonly #history = new Map<string, LoggedEvent[]>();
  readonly #compactedAt = new Map<string, number>();
  readonly #watchers = new Map<string, Set<Watcher>>();
  readonly #listeners: ((change: Change) => void)[] = [];
  readonly #now: () => Instant;
  readonly #random: SeededRandom;
  #version = 1_000;
  #decidedAt: Instant | null = null;

  constructor(now: () => Instant, random: SeededRandom) {
    this.#now = now;
    this.#random = random;
  }

  /** Called after each change, before anything else can happen. */
  onChange(listener: (change: Change) => void): void {
    this.#listeners.push(listener);
  }

  /** What `run` writes was asked for at that time. */
  decidedAt<T>(at: Instant, run: () => T): T {
    this.#decidedAt = at;
    const result = run();
    this.#decidedAt = null;
    return result;
  }

  version(): string {
    return String(this.#version);
  }

  get(resource: string, key: string): Stored | undefined {
    return this.#tables.get(resource)?.get(key);
  }

  /** In the order of their keys, as the server lists them. */
  all(resource: string): readonly Stored[] {
    const known = this.#sorted.get(resource);
    if (known !== undefined) return known;
    const table = this.#tables.get(resource) ?? new Map<string, Stored>();
    const sorted = [...table].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
    this.#sorted.set(resource, sorted);
    return sorted;
  }

  /** Stores a new object or one in place of another, under the next version. */
  put(actor: string, resource: string, object: Draft): Stored {
    this.#version += 1;
    const metadata = {
      uid: object.metadata.uid ?? this.#random.uuid(),
      creationTimestamp: object.metadata.creationTimestamp ?? stamp(this.#now()),
      ...object.metadata,
      resourceVersion: String(this.#version),
    };
    const stored: Stored = { ...object, metadata };
    const table = this.#tables.get(resource) ?? new Map<string, Stored>();
    this.#tables.set(resource, table);
    const before = table.get(storedKey(stored)) ?? null;
    table.set(storedKey(stored), stored);
    this.#sorted.delete(resource);
    this.#record(resource, {
      version: this.#version,
      type: before === null ? "ADDED" : "MODIFIED",
      before,
      after: stored,
    });
    this.#tell({
      actor,
      verb: before === null ? "create" : "update",
      resource,
      before,
      after: stored,
    });
    return stored;
  }

  remove(actor: string, resource: string, key: string): void {
    const before = this.#tables.get(resource)?.get(key);
    if (before === undefined) return;
    this.#version += 1;
    this.#tables.get(resource)?.delete(key);
    this.#sorted.delete(resource);
    this.#record(resource, { version: this.#version, type: "DELETED", before, after: null });
    this.#tell({ actor, verb: "delete", resource, before, after: null });
  }

  /** Says of a change to come that someone asked for it: the deletion of a pod ends later, by the kubelet. */
  note(change: Omit<Change, "at" | "decidedAt">): void {
    this.#tell(change);
  }

  /** Events after `call.resourceVersion`, then all to come. False when that history is gone. */
  watch(call: WatchCall, listener: WatchListener): (() => void) | false {
    const from = Number(call.resourceVersion);
    if (Number.isNaN(from) || from < (this.#compactedAt.get(call.resource) ?? 0)) return false;
    const selection = selectionOf(call);
    const history = this.#history.get(call.resource) ?? [];
    const first = history.findLastIndex(({ version }) => version <= from) + 1;
    for (const event of history.slice(first)) deliver(event, selection, listener);
    const watcher = { selection, listener };
    const watchers = this.#watchers.get(call.resource) ?? new Set<Watcher>();
    this.#watchers.set(call.resource, watchers.add(watcher));
    return () => void watchers.delete(watcher);
  }

  /** Forgets all history: watches that resume from before now end in Gone. */
  compact(): void {
    for (const resource of this.#tables.keys()) {
      this.#history.set(resource, []);
      this.#compactedAt.set(resource, this.#version);
    }
  }

  #record(resource: string, event: LoggedEvent): void {
    const history = this.#history.get(resource) ?? [];
    this.#history.set(resource, history);
    history.push(event);
    if (history.length > HISTORY_KEPT) {
      const dropped = history.shift();
      if (dropped !== undefined) this.#compactedAt.set(resource, dropped.version);
    }
    for (const { selection, listener } of [...(this.#watchers.get(resource) ?? [])])
      deliver(event, selection, listener);
  }

  #tell(change: Omit<Change, "at" | "decidedAt">): void {
    const at = this.#now();
    for (const listener of this.#listeners) listener({ at, decidedAt: this.#decidedAt ?? at, ...change });
  }
}

/** What is deleted is shown as it was last, under the version of its end. */
const gone = ({ before, version }: LoggedEvent): Stored | null =>
  before === null ? null : { ...before, metadata: { ...before.metadata, resourceVersion: String(version) } };

/** An object that comes into a selection is added there, and one that leaves it is deleted, as on a real server. */
function deliver(event: LoggedEvent, selection: Selection, listener: WatchListener): void {
  const was = event.before !== null && matches(event.before, selection);
  const is = event.after !== null && matches(event.after, selection);
  const type: WatchEvent["type"] | null = is ? (was ? "MODIFIED" : "ADDED") : was ? "DELETED" : null;
  if (type === null) return;
  listener.event({ type, object: is ? event.after : gone(event) });
}
