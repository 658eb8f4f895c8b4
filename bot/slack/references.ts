import type { Api, Clock, Json } from "../coordinator/ports.ts";
import { DAY, type Duration, type Instant, SECOND } from "../core/instant.ts";
import { CARD_KINDS, type CardTarget, type Reference } from "./view/card.ts";

const NAME = "bootswain-slack";
const DEADLINE: Duration = 10 * SECOND;
/** A closed card's thread is still understood for this long. */
const CLOSED_KEPT: Duration = 7 * DAY;

type Read =
  | { readonly ok: true; readonly references: readonly Reference[]; readonly version: string }
  | { readonly ok: false; readonly why: string };

/**
 * Which Slack message is which card, kept in a ConfigMap, so that another replica and a later life edit the same messages.
 * It is a view's memory: losing it costs new messages and nothing else.
 */
export class ReferenceStore {
  readonly #api: Api;
  readonly #namespace: string;

  constructor(api: Api, namespace: string) {
    this.#api = api;
    this.#namespace = namespace;
  }

  async read(): Promise<Read> {
    const answer = await this.#api.call(
      { verb: "get", resource: "configmaps", namespace: this.#namespace, name: NAME },
      DEADLINE,
    );
    if (answer.kind === "unanswered") return { ok: false, why: answer.why };
    if (answer.code === 404) return { ok: true, references: [], version: "" };
    if (answer.code !== 200) return { ok: false, why: `the API server answered ${answer.code}` };
    return { ok: true, references: referencesIn(answer.body), version: versionIn(answer.body) };
  }

  /** The new version, or null when another wrote in between or the server could not be reached. */
  async write(references: readonly Reference[], version: string, now: Instant): Promise<string | null> {
    const kept = references.filter(({ isOpen, at }) => isOpen || now - at < CLOSED_KEPT);
    const metadata = {
      name: NAME,
      namespace: this.#namespace,
      ...(version === "" ? {} : { resourceVersion: version }),
    };
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { references: JSON.stringify(kept) } };
    const place = { resource: "configmaps", namespace: this.#namespace, object } as const;
    const answer = await this.#api.call(
      version === "" ? { verb: "create", ...place } : { verb: "update", name: NAME, ...place },
      DEADLINE,
    );
    const isWritten = answer.kind === "answered" && (answer.code === 200 || answer.code === 201);
    return isWritten ? versionIn(answer.body) : null;
  }
}

/**
 * The leader's own copy of what is stored. What could not be saved is kept and saved before anything else is posted, so that
 * at most one message is forgotten by a restart.
 */
export class References {
  readonly #store: ReferenceStore;
  readonly #clock: Clock;
  readonly #known = new Map<string, Reference>();
  /** Changes that are not stored yet; null drops. */
  readonly #unsaved = new Map<string, Reference | null>();
  #version = "";
  #isLoaded = false;

  constructor(store: ReferenceStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  all(): readonly Reference[] {
    return [...this.#known.values()];
  }

  get(key: string): Reference | undefined {
    return this.#known.get(key);
  }

  /** Another replica leads, and what it posts counts. */
  forgetAll(): void {
    this.#isLoaded = false;
  }

  /** Reads what was stored, if it was not yet, and stores what is still to be. Why that is not possible now, or null. */
  async settle(): Promise<string | null> {
    if (!this.#isLoaded) return this.#load();
    return this.#unsaved.size === 0 ? null : this.#save();
  }

  async put(reference: Reference): Promise<void> {
    this.#known.set(reference.key, reference);
    this.#unsaved.set(reference.key, reference);
    await this.#save();
  }

  async drop(key: string): Promise<void> {
    this.#known.delete(key);
    this.#unsaved.set(key, null);
    await this.#save();
  }

  async #load(): Promise<string | null> {
    const read = await this.#store.read();
    if (!read.ok) return read.why;
    this.#unsaved.clear();
    this.#take(read.references, read.version);
    this.#isLoaded = true;
    return null;
  }

  /** Only our own changes are laid over what another wrote in between: an old leader's last edit must not undo the new one's. */
  async #save(): Promise<string | null> {
    const now = this.#clock.now();
    if (await this.#write(now)) return null;
    const read = await this.#store.read();
    if (!read.ok) return read.why;
    this.#take(read.references, read.version);
    for (const [key, change] of this.#unsaved) {
      if (change === null) this.#known.delete(key);
      else this.#known.set(key, change);
    }
    return (await this.#write(now)) ? null : "another wrote at the same time";
  }

  async #write(now: Instant): Promise<boolean> {
    const version = await this.#store.write(this.all(), this.#version, now);
    if (version === null) return false;
    this.#version = version;
    this.#unsaved.clear();
    return true;
  }

  #take(references: readonly Reference[], version: string): void {
    this.#known.clear();
    for (const reference of references) this.#known.set(reference.key, reference);
    this.#version = version;
  }
}

const field = (object: unknown, key: string): unknown =>
  typeof object === "object" && object !== null ? Reflect.get(object, key) : undefined;

function versionIn(object: Json): string {
  const version = field(field(object, "metadata"), "resourceVersion");
  return typeof version === "string" ? version : "";
}

function referencesIn(object: Json): readonly Reference[] {
  const text = field(field(object, "data"), "references");
  if (typeof text !== "string") return [];
  try {
    const all: unknown = JSON.parse(text);
    return Array.isArray(all) ? all.flatMap(parseReference) : [];
  } catch {
    return [];
  }
}

function parseReference(value: unknown): readonly Reference[] {
  const text = (key: string): string => String(field(value, key) ?? "");
  const kind = CARD_KINDS.find((one) => one === field(value, "kind"));
  if (kind === undefined || text("key") === "" || text("ts") === "") return [];
  const targets = field(value, "targets");
  const alerted = field(value, "alerted");
  return [
    {
      key: text("key"),
      kind,
      channel: text("channel"),
      ts: text("ts"),
      hash: text("hash"),
      targets: Array.isArray(targets) ? targets.flatMap(parseTarget) : [],
      alerted: typeof alerted === "string" ? alerted : null,
      isOpen: field(value, "isOpen") === true,
      at: Number(field(value, "at") ?? 0),
    },
  ];
}

function parseTarget(value: unknown): readonly CardTarget[] {
  const [node, digest] = [field(value, "node"), field(value, "digest")];
  return typeof node === "string" && typeof digest === "string"
    ? [{ node, digest, isOver: field(value, "isOver") === true }]
    : [];
}
