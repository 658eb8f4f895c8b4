import { at, type Change, list, nameOf, text } from "./world.ts";

/** What a person in Slack asked for, as far as the world knows it. */
export interface Deed {
  readonly at: number;
  readonly user: string;
  readonly verb: string;
  /** The nodes that were named; null for all that it was asked about. */
  readonly nodes: readonly string[] | null;
  /** What they saw when they asked; null where nothing is bound to that. */
  readonly saw: Sight | null;
}

/** A content of a card, by the hash in its block ids, or the digests that a dialog showed. */
export type Sight =
  | { readonly kind: "card"; readonly ts: string; readonly content: string }
  | { readonly kind: "dialog"; readonly digests: ReadonlyMap<string, string> };

/** A bot may stand still for half an hour at each call between a click and what comes of it. */
const HEARD_WITHIN = 3 * 3_600_000;
/** By these a node may reboot: on a card they count for what was seen alone. */
const LETS_GO: ReadonlySet<string> = new Set(["approve", "now"]);
const REFERENCES = "bootswain-slack";

/** Rule 14: what is decided for people in Slack is what they asked for, about what they saw. */
export class DeedRules {
  readonly #broken: (rule: string) => void;
  #deeds: readonly Deed[] = [];
  /** The digests that each content of each card stood for, by ts and content. */
  readonly #stoodFor = new Map<string, ReadonlyMap<string, string>>();

  constructor(broken: (rule: string) => void) {
    this.#broken = broken;
  }

  seeDeed(deed: Deed): void {
    this.#deeds = [...this.#deeds.filter((one) => one.at >= deed.at - HEARD_WITHIN), deed];
  }

  see({ resource, verb, after, at: now }: Change): void {
    if (resource === "configmaps" && nameOf(after) === REFERENCES) this.#seeReferences(after);
    if (resource !== "rebootdecisions" || verb !== "create") return;
    if (text(at(after, "spec", "by", "system")) === "slack") this.#seeDecision(after, now);
  }

  #seeReferences(map: unknown): void {
    const references = list(JSON.parse(text(at(map, "data", "references")) || "[]"));
    for (const reference of references) {
      const key = `${text(at(reference, "ts"))} ${text(at(reference, "hash"))}`;
      if (!this.#stoodFor.has(key)) this.#stoodFor.set(key, digestsOf(reference));
    }
  }

  #seeDecision(decision: unknown, now: number): void {
    const user = text(at(decision, "spec", "by", "id"));
    const verb = text(at(decision, "spec", "verb"));
    const asked = digestsOf(decision, "spec");
    const nodes = [...asked.keys()];
    const deeds = this.#deeds.filter(
      (deed) => deed.user === user && deed.verb === verb && deed.at >= now - HEARD_WITHIN,
    );
    const meant = deeds.filter((deed) => nodes.every((node) => deed.nodes === null || deed.nodes.includes(node)));
    const what = `${verb} ${nodes.join(", ")}`;
    if (meant.length === 0) this.#broken(`rule 14: ${user} did not ask for: ${what}`);
    else if (!meant.some((deed) => this.#isOfSight(deed, asked)))
      this.#broken(`rule 14: ${user} saw something else than what this is about: ${what}`);
  }

  #isOfSight({ verb, saw }: Deed, asked: ReadonlyMap<string, string>): boolean {
    if (saw === null) return true;
    const shown = saw.kind === "dialog" ? saw.digests : this.#stoodFor.get(`${saw.ts} ${saw.content}`);
    // What a bot showed and died before it remembered it nobody knows.
    if (shown === undefined || (saw.kind === "card" && !LETS_GO.has(verb))) return true;
    const part = (digest: string | undefined): string | undefined =>
      verb === "force" ? digest : digest?.replace(/\.[^.]*$/, "");
    return [...asked].every(([node, digest]) => part(shown.get(node)) === part(digest));
  }
}

const digestsOf = (object: unknown, ...keys: readonly string[]): ReadonlyMap<string, string> =>
  new Map(list(at(object, ...keys, "targets")).map((target) => [text(at(target, "node")), text(at(target, "digest"))]));
