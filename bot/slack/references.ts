import type { Api, Clock, Json } from "../coordinator/ports.ts";
import { DAY, type Duration, type Instant, SECOND } from "../core/instant.ts";
import { field } from "./field.ts";
import { CARD_KINDS, type CardTarget, type Reference } from "./view/card.ts";

const NAME = "bootswain-slack";
const DEADLINE: Duration = 10 * SECOND;
/** A closed card's thread is still understood for this long. */
const CLOSED_KEPT: Duration = 7 * DAY;

type Read =
  | { readonly ok: true; readonly references: readonly Remembered[]; readonly version: string }
  | { readonly ok: false; readonly why: string };

/** `refused`: another wrote in between, or the server takes nothing now. What was not answered may be written all the same. */
type Written =
  | { readonly kind: "written"; readonly version: string }
  | { readonly kind: "refused" }
  | { readonly kind: "unanswered" };

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

  async write(references: readonly Reference[], version: string, now: Instant): Promise<Written> {
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
    if (answer.kind === "unanswered") return { kind: "unanswered" };
    const isWritten = answer.code === 200 || answer.code === 201;
    return isWritten ? { kind: "written", version: versionIn(answer.body) } : { kind: "refused" };
  }
}

/** A message that is being posted, remembered before that: whether it stands there is not known until it was answered. */
export interface Posting {
  /** Goes with the message, so that it is found by it. */
  readonly key: string;
  readonly since: Instant;
  /** The alert that is said in the card's thread; null while it is the card itself, whose `ts` is empty then. */
  readonly alert: string | null;
}

export interface Remembered extends Reference {
  readonly posting: Posting | null;
  /** Whether a board is pinned already. */
  readonly isPinned: boolean;
}

/**
 * The leader's own copy of what is stored. What could not be saved is kept and saved before anything else is posted. Many may
 * change it at once; they are written one after the other.
 */
export class References {
  readonly #store: ReferenceStore;
  readonly #clock: Clock;
  readonly #known = new Map<string, Remembered>();
  /** Changes that are not stored yet; null drops. */
  readonly #unsaved = new Map<string, Remembered | null>();
  /** Of which message each of these is: a change of one that another replica has replaced is lost. */
  readonly #about = new Map<string, string>();
  /** What claims were based on. */
  readonly #claims = new Map<string, Remembered | null>();
  #saving: Promise<string | null> = Promise.resolve(null);
  #isQueued = false;
  #version = "";
  #isLoaded = false;

  constructor(store: ReferenceStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  all(): readonly Remembered[] {
    return [...this.#known.values()];
  }

  get(key: string): Remembered | undefined {
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

  /**
   * Stores that a message is about to be posted, and by whom: when another replica, which may take itself for the leader as
   * well, wrote about the same card since `before`, that stays and the claim is `lost`.
   */
  async claim(intent: Remembered, before: Remembered | null): Promise<"claimed" | "lost" | { readonly why: string }> {
    this.#claims.set(intent.key, before);
    const why = await this.put(intent, before);
    this.#claims.delete(intent.key);
    if (this.#known.get(intent.key) !== intent) return "lost";
    if (why === null) return "claimed";
    this.change(intent, before);
    return { why };
  }

  /** What `before` has become. Why it is not stored yet, or null. */
  put(reference: Remembered, before: Remembered | null): Promise<string | null> {
    this.#change(reference.key, reference, before);
    return this.#save();
  }

  drop(before: Remembered): Promise<string | null> {
    this.change(before, null);
    return this.#save();
  }

  /** Stored with whatever is next. */
  change(before: Remembered, to: Remembered | null): void {
    this.#change(before.key, to, before);
  }

  /** Slack's answer may come when another replica has long posted another message in the place of this one. */
  #change(key: string, to: Remembered | null, before: Remembered | null): void {
    const known = this.#known.get(key);
    if (known !== undefined && known.ts !== (before?.ts ?? "")) return;
    if (!this.#unsaved.has(key)) this.#about.set(key, before?.ts ?? "");
    if (to === null) this.#known.delete(key);
    else this.#known.set(key, to);
    this.#unsaved.set(key, to);
  }

  async #load(): Promise<string | null> {
    const read = await this.#store.read();
    if (!read.ok) return read.why;
    this.#unsaved.clear();
    this.#take(read.references, read.version);
    this.#isLoaded = true;
    return null;
  }

  /** Who comes while one is written is in the next. */
  #save(): Promise<string | null> {
    if (!this.#isQueued) {
      this.#isQueued = true;
      this.#saving = this.#saving.then(() => {
        this.#isQueued = false;
        return this.#saveNow();
      });
    }
    return this.#saving;
  }

  /** Only our own changes are laid over what another wrote in between: an old leader's last edit must not undo the new one's. */
  async #saveNow(): Promise<string | null> {
    const now = this.#clock.now();
    const first = await this.#write(now);
    if (first === "written") return null;
    const read = await this.#store.read();
    if (!read.ok) return read.why;
    this.#take(read.references, read.version);
    for (const [key, change] of this.#unsaved) {
      if (this.#isLost(key, change, first)) this.#unsaved.delete(key);
      else if (change === null) this.#known.delete(key);
      else this.#known.set(key, change);
    }
    return (await this.#write(now)) === "written" ? null : "another wrote at the same time";
  }

  /** After what is stored was read. A write of ours that was not answered may have arrived. */
  #isLost(key: string, claim: Remembered | null, write: Written["kind"]): boolean {
    const before = this.#claims.get(key);
    const stored = this.#known.get(key);
    if (before === undefined || claim === null) return stored !== undefined && stored.ts !== this.#about.get(key);
    const isOurs = write === "unanswered" && stored?.posting?.key === claim.posting?.key;
    return !isOurs && (stored?.ts !== before?.ts || stored?.posting?.key !== before?.posting?.key);
  }

  async #write(now: Instant): Promise<Written["kind"]> {
    const changes = [...this.#unsaved];
    const written = await this.#store.write(this.all(), this.#version, now);
    if (written.kind !== "written") return written.kind;
    this.#version = written.version;
    // What changed while it was written is not in it.
    for (const [key, change] of changes) if (this.#unsaved.get(key) === change) this.#unsaved.delete(key);
    return "written";
  }

  #take(references: readonly Remembered[], version: string): void {
    this.#known.clear();
    for (const reference of references) this.#known.set(reference.key, reference);
    this.#version = version;
  }
}

function versionIn(object: Json): string {
  const version = field(field(object, "metadata"), "resourceVersion");
  return typeof version === "string" ? version : "";
}

function referencesIn(object: Json): readonly Remembered[] {
  const text = field(field(object, "data"), "references");
  if (typeof text !== "string") return [];
  try {
    const all: unknown = JSON.parse(text);
    return Array.isArray(all) ? all.flatMap(parseReference) : [];
  } catch {
    return [];
  }
}

function parseReference(value: unknown): readonly Remembered[] {
  const text = (key: string): string => String(field(value, key) ?? "");
  const kind = CARD_KINDS.find((one) => one === field(value, "kind"));
  const posting = parsePosting(field(value, "posting"));
  if (kind === undefined || text("key") === "" || (text("ts") === "" && posting === null)) return [];
  const targets = field(value, "targets");
  return [
    {
      key: text("key"),
      kind,
      channel: text("channel"),
      ts: text("ts"),
      hash: text("hash"),
      targets: Array.isArray(targets) ? targets.flatMap(parseTarget) : [],
      alerted: textOrNull(field(value, "alerted")),
      isOpen: field(value, "isOpen") === true,
      at: Number(field(value, "at") ?? 0),
      posting,
      // Versions that did not note it pinned at once.
      isPinned: field(value, "isPinned") !== false,
    },
  ];
}

const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);

function parsePosting(value: unknown): Posting | null {
  const [key, since] = [field(value, "key"), field(value, "since")];
  if (typeof key !== "string" || typeof since !== "number") return null;
  return { key, since, alert: textOrNull(field(value, "alert")) };
}

function parseTarget(value: unknown): readonly CardTarget[] {
  const [node, digest] = [field(value, "node"), field(value, "digest")];
  return typeof node === "string" && typeof digest === "string"
    ? [{ node, digest, isOver: field(value, "isOver") === true }]
    : [];
}
