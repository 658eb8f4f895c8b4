import type { Json } from "../coordinator/ports.ts";
import { type Metadata, parseMetadata } from "./resources/metadata.ts";

interface Entry {
  readonly version: string;
  readonly uid: string;
  readonly key: string | null;
}

interface Sink<T> {
  readonly parse: (object: Json) => T | null;
  /** What a value is stored under; its object's name where it is not given. */
  readonly key: ((value: T) => string) | undefined;
  readonly changed: (key: string, value: T | null) => void;
  readonly unreadable: (name: string) => void;
}

/** How many deleted UIDs are remembered: late events of a deleted object come within seconds. */
const TOMBSTONES = 2_000;

/**
 * The newest known state of each object of one kind, whichever way it came: list, watch, or the answer of a write. What is
 * older than what is known is dropped, so a lagging watch never undoes what an answer showed. Versions are compared within
 * one kind only (KEP-5504).
 */
export class Mirrored<T> {
  readonly #sink: Sink<T>;
  readonly #entries = new Map<string, Entry>();
  readonly #tombstones = new Set<string>();

  constructor(sink: Sink<T>) {
    this.#sink = sink;
  }

  put(object: Json): void {
    const metadata = parseMetadata(object);
    if (metadata === null || this.#tombstones.has(metadata.uid)) return;
    const name = fullName(metadata);
    const known = this.#entries.get(name);
    if (known !== undefined && !isNewer(metadata.version, known.version)) return;
    const value = this.#sink.parse(object);
    if (value === null) this.#sink.unreadable(name);
    const key = value === null ? null : (this.#sink.key?.(value) ?? name);
    this.#entries.set(name, { version: metadata.version, uid: metadata.uid, key });
    if (known?.key != null && known.key !== key) this.#sink.changed(known.key, null);
    if (key !== null && value !== null) this.#sink.changed(key, value);
  }

  /** A DELETED event: it carries the version of the deletion. */
  deleted(object: Json): void {
    const metadata = parseMetadata(object);
    if (metadata === null) return;
    const known = this.#entries.get(fullName(metadata));
    if (known === undefined || known.uid === metadata.uid) this.#remove(fullName(metadata), metadata.uid);
  }

  uidOf(name: string): string | null {
    return this.#entries.get(name)?.uid ?? null;
  }

  /** This very object is gone; another of the same name may be there. */
  forget(name: string, uid: string): void {
    if (this.#entries.get(name)?.uid === uid) this.#remove(name, uid);
    else this.#bury(uid);
  }

  /** After a list at `version`: what it doesn't show is gone, unless an answer showed it later. */
  replace(items: readonly Json[], version: string): void {
    const shown = new Set(items.flatMap((item) => parseMetadata(item)?.uid ?? []));
    for (const [name, entry] of [...this.#entries]) {
      if (!shown.has(entry.uid) && !isNewer(entry.version, version)) this.#remove(name, entry.uid);
    }
    for (const item of items) this.put(item);
  }

  #remove(name: string, uid: string): void {
    this.#bury(uid);
    const known = this.#entries.get(name);
    this.#entries.delete(name);
    if (known?.key != null) this.#sink.changed(known.key, null);
  }

  #bury(uid: string): void {
    this.#tombstones.add(uid);
    const oldest = this.#tombstones.values().next().value;
    if (this.#tombstones.size > TOMBSTONES && oldest !== undefined) this.#tombstones.delete(oldest);
  }
}

const fullName = ({ namespace, name }: Metadata): string => (namespace === "" ? name : `${namespace}/${name}`);

const DIGITS = /^\d+$/;

/** Versions are numbers by promise; where one isn't, any other counts as newer. */
function isNewer(version: string, than: string): boolean {
  if (!DIGITS.test(version) || !DIGITS.test(than)) return version !== than;
  return BigInt(version) > BigInt(than);
}
