import type { Api, Json } from "../coordinator/ports.ts";
import { DAY, type Duration, type Instant, SECOND } from "../core/instant.ts";
import type { CardTarget, Reference } from "./view/card.ts";

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

const KINDS: readonly Reference["kind"][] = ["board", "approval", "blocked", "failed"];

function parseReference(value: unknown): readonly Reference[] {
  const text = (key: string): string => String(field(value, key) ?? "");
  const kind = KINDS.find((one) => one === field(value, "kind"));
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
  return typeof node === "string" && typeof digest === "string" ? [{ node, digest }] : [];
}
