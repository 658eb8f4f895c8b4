import type { Api, Clock, Json, Log, Random, Resource, Stoppable, WatchEnd, WatchEvent } from "../coordinator/ports.ts";
import { type Duration, SECOND } from "../core/instant.ts";
import { versionOf } from "./json.ts";
import { Mirrored } from "./mirrored.ts";
import { listAll, type Selection } from "./paged-list.ts";

interface ReflectSettings<T> extends Selection {
  readonly api: Api;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly resource: Resource;
  readonly parse: (object: Json) => T | null;
  /** What a value is stored under; "namespace/name", or the name of a cluster-scoped object, where it is not given. */
  readonly key?: (value: T) => string;
  /** A null value means that it is gone. */
  readonly changed: (key: string, value: T | null) => void;
  /** Called once, when everything was listed for the first time. */
  readonly synced: () => void;
}

export interface Reflector extends Stoppable {
  /** An object that the server answered; taken if it is newer than what is known. */
  put(object: Json): void;
  /** Null while no object of that name is known. */
  uidOf(name: string): string | null;
  /** The server answered that this very object is gone. */
  forget(name: string, uid: string): void;
}

/** Keeps a mirror of one kind for as long as it runs: list, watch from there, resume, and list anew after Gone. */
export function reflect<T>(settings: ReflectSettings<T>): Reflector {
  const loop = new ReflectorLoop(settings);
  loop.begin();
  return loop;
}

/** What a list and its watch are limited to. */
const selectionOf = ({ namespace, fieldSelector, labelSelector }: Selection): Selection => ({
  ...(namespace === undefined ? {} : { namespace }),
  ...(fieldSelector === undefined ? {} : { fieldSelector }),
  ...(labelSelector === undefined ? {} : { labelSelector }),
});

const BACK_OFF_FIRST: Duration = SECOND / 4;
const BACK_OFF_MOST: Duration = 30 * SECOND;
/** A watch that lasted this long was no failure, however it ended. */
const LASTED: Duration = 10 * SECOND;

class ReflectorLoop<T> implements Reflector {
  readonly #to: ReflectSettings<T>;
  readonly #mirrored: Mirrored<T>;
  #watch: Stoppable | null = null;
  #timer: Stoppable | null = null;
  #version = "";
  #failures = 0;
  #stopped = false;
  #isSynced = false;

  constructor(settings: ReflectSettings<T>) {
    this.#to = settings;
    const { parse, key, changed, log, resource } = settings;
    const unreadable = (name: string): void => log.warn("object can't be read", { resource, name });
    this.#mirrored = new Mirrored({ parse, key, changed, unreadable });
  }

  begin(): void {
    void this.#list();
  }

  stop(): void {
    this.#stopped = true;
    this.#watch?.stop();
    this.#timer?.stop();
  }

  put(object: Json): void {
    if (!this.#stopped) this.#mirrored.put(object);
  }

  uidOf(name: string): string | null {
    return this.#mirrored.uidOf(name);
  }

  forget(name: string, uid: string): void {
    if (!this.#stopped) this.#mirrored.forget(name, uid);
  }

  async #list(): Promise<void> {
    const { api, resource, log, synced } = this.#to;
    const listed = await listAll(api, resource, selectionOf(this.#to));
    if (this.#stopped) return;
    if (!listed.ok) {
      log.warn("list failed", { resource, why: listed.why });
      this.#later(() => void this.#list());
      return;
    }
    this.#mirrored.replace(listed.items, listed.version);
    this.#version = listed.version;
    if (!this.#isSynced) {
      this.#isSynced = true;
      synced();
    }
    this.#follow();
  }

  #follow(): void {
    const { api, clock, resource } = this.#to;
    const begun = clock.monotonic();
    this.#watch = api.watch(
      { resource, resourceVersion: this.#version, ...selectionOf(this.#to) },
      {
        event: (event) => this.#see(event),
        end: (end) => this.#ended(end, clock.monotonic() - begun),
      },
    );
  }

  #see({ type, object }: WatchEvent): void {
    if (this.#stopped) return;
    this.#version = versionOf(object);
    if (type === "DELETED") this.#mirrored.deleted(object);
    else if (type !== "BOOKMARK") this.#mirrored.put(object);
  }

  #ended(end: WatchEnd, lasted: Duration): void {
    if (this.#stopped) return;
    this.#watch = null;
    if (lasted >= LASTED) this.#failures = 0;
    this.#later(() => (end.kind === "gone" ? void this.#list() : this.#follow()));
  }

  /** Doubling pauses with a jitter of a quarter, capped; the first is short, since watches end all the time. */
  #later(run: () => void): void {
    const pause = Math.min(BACK_OFF_FIRST * 2 ** Math.min(this.#failures, 16), BACK_OFF_MOST);
    this.#failures += 1;
    this.#timer = this.#to.clock.after(pause * (0.75 + this.#to.random.next() / 4), () => {
      if (!this.#stopped) run();
    });
  }
}
