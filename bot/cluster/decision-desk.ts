import type { DecisionAnswer, DecisionRequest, Decisions } from "../coordinator/ports.ts";
import type { Judgement } from "../core/fleet/decision.ts";
import { type Duration, type Instant, SECOND } from "../core/instant.ts";
import { type CallParts, pause } from "./calls.ts";
import { messageOf } from "./json.ts";
import type { Mirrors } from "./mirrors.ts";
import { newDecision } from "./resources/reboot-decision.ts";

/** How long the one who asked waits for the leader; after that the board shows what came of it. */
const JUDGED_WITHIN: Duration = 20 * SECOND;
const TRIES = 4;

/** The same wish again gets the same answer, which may be over by now. */
function asOfNow(judgement: Judgement, now: Instant): Judgement {
  const { outcome, validUntil, says } = judgement;
  if (outcome === "refused" || validUntil === null || now < validUntil) return judgement;
  const again = "Decide again: on a new card, or by a reply in this one's thread.";
  return { ...judgement, says: `This has expired. You were told before: “${says}” ${again}` };
}

/** Writes a person's wish as a RebootDecision and waits until the leader, whichever replica that is, has judged it. */
export class DecisionDesk implements Decisions {
  readonly #parts: CallParts;
  readonly #mirrors: Mirrors;

  constructor(parts: CallParts, mirrors: Mirrors) {
    this.#parts = parts;
    this.#mirrors = mirrors;
  }

  async ask(request: DecisionRequest): Promise<DecisionAnswer> {
    const created = await this.#create(request, 0);
    if (created === "unreachable") return { kind: "unreachable", why: "The cluster's API did not take the decision." };
    if (typeof created === "object") return { kind: "unreachable", why: created.why };
    const judged = (): Judgement | null => this.#mirrors.store.decisions.get(request.name)?.judgement ?? null;
    await this.#mirrors.until(() => judged() !== null, JUDGED_WITHIN);
    const judgement = judged();
    if (judgement !== null) {
      const repeated = created === "repeated";
      return {
        kind: "judged",
        judgement: repeated ? asOfNow(judgement, this.#parts.clock.now()) : judgement,
        repeated,
      };
    }
    return {
      kind: "unjudged",
      why: "It is noted, but no leader has judged it yet. The board will show what came of it.",
    };
  }

  /** The same name is the same decision: an answer that was lost is found again by making it once more. */
  async #create(
    request: DecisionRequest,
    tries: number,
  ): Promise<"new" | "repeated" | "unreachable" | { why: string }> {
    const { api, timings, clock } = this.#parts;
    const object = newDecision(request);
    const answer = await api.call({ verb: "create", resource: "rebootdecisions", object }, timings.callDeadline);
    if (answer.kind === "answered") {
      if (answer.code === 201) return "new";
      if (answer.code === 409) return tries === 0 ? "repeated" : "new";
      if (answer.code < 500 && answer.code !== 429) return { why: messageOf(answer.body) };
    }
    if (tries >= TRIES) return "unreachable";
    await pause(clock, SECOND * 2 ** tries);
    return this.#create(request, tries + 1);
  }
}
