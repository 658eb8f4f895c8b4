import type { Answer, Json, Stoppable } from "../coordinator/ports.ts";
import { type Duration, formatInstant, SECOND } from "../core/instant.ts";
import { backOff, type CallParts } from "./calls.ts";
import { isRecord, messageOf } from "./json.ts";
import type { Mirrors } from "./mirrors.ts";
import { LOOK_AGAIN } from "./resources/reboot-fleet.ts";

/** Between the beginnings of two writes; what comes meanwhile is one hint. */
const APART: Duration = SECOND;
/** The sources look by themselves about once a minute: a hint that is older than that helps nobody. */
const TRIES = 5;

const FLEET = { resource: "rebootfleets", name: "cluster" } as const;

/**
 * Tells all replicas, this one too, that there is something new where the policy comes from. It goes through RebootFleet, since
 * whoever hears of it is not always the one that leads.
 */
export class LookAgain implements Stoppable {
  readonly #parts: CallParts;
  readonly #mirrors: Mirrors;
  /** What came last; null when everything was told. */
  #hint: { readonly why: string } | null = null;
  /** Runs from a write until the next one may be made. */
  #busy = false;
  #timer: Stoppable | null = null;
  #stopped = false;

  constructor(parts: CallParts, mirrors: Mirrors) {
    this.#parts = parts;
    this.#mirrors = mirrors;
  }

  /** `why` is for people, in a word or two; it ends up in the cluster as it is. */
  tell(why: string): void {
    this.#hint = { why };
    if (!this.#busy) void this.#write(0);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.stop();
  }

  async #write(tries: number): Promise<void> {
    const hint = this.#hint;
    if (hint === null || this.#stopped) {
      this.#busy = false;
      return;
    }
    this.#busy = true;
    const begun = this.#parts.clock.monotonic();
    const told = await this.#annotate(hint.why);
    if (told.ok || !told.isWorthAnother || tries + 1 >= TRIES) {
      if (!told.ok) this.#parts.log.warn("look-again not written", { why: told.why });
      // What came meanwhile may be news that no replica has read when it heard of this one.
      if (this.#hint === hint) this.#hint = null;
      this.#later(begun + APART - this.#parts.clock.monotonic(), 0);
    } else {
      this.#later(backOff(this.#parts, tries), tries + 1);
    }
  }

  #later(delay: Duration, tries: number): void {
    if (this.#stopped) return;
    this.#timer = this.#parts.clock.after(Math.max(0, delay), () => void this.#write(tries));
  }

  /** On what is there now, against its version: a pause that somebody writes at this moment must not be undone. */
  async #annotate(why: string): Promise<Told> {
    const { api, clock, timings } = this.#parts;
    const read = await api.call({ verb: "get", ...FLEET }, timings.callDeadline);
    if (read.kind === "unanswered" || read.code !== 200) return failed(read);
    const object = annotated(read.body, `${formatInstant(clock.now())} ${why}`);
    const written = await api.call({ verb: "update", ...FLEET, object }, timings.callDeadline);
    if (written.kind === "unanswered" || written.code !== 200) return failed(written);
    this.#mirrors.put(FLEET.resource, written.body);
    return { ok: true };
  }
}

type Told = { readonly ok: true } | { readonly ok: false; readonly isWorthAnother: boolean; readonly why: string };

/** 404: whoever leads makes it in a moment. 409: somebody else wrote at the same time. */
function failed(answer: Answer): Told {
  if (answer.kind === "unanswered") return { ok: false, isWorthAnother: true, why: answer.why };
  const { code, body } = answer;
  const isWorthAnother = code === 404 || code === 409 || code === 429 || code >= 500;
  const advice = code === 403 ? " Apply deploy/rbac.yaml; until then changes of the policy are found by looking." : "";
  return { ok: false, isWorthAnother, why: `${code} ${messageOf(body)}${advice}` };
}

function annotated(fleet: Json, value: string): Json {
  const object = isRecord(fleet) ? fleet : {};
  const metadata = isRecord(object["metadata"]) ? object["metadata"] : {};
  const annotations = isRecord(metadata["annotations"]) ? metadata["annotations"] : {};
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [LOOK_AGAIN]: value } } };
}
