import type { Clock, Footing, Log, Random, Resource, Stoppable } from "../coordinator/ports.ts";
import type { Observation } from "../core/fleet/condition.ts";
import { type Duration, HOUR, MINUTE, SECOND } from "../core/instant.ts";
import { ADMISSION_POLICIES, type AdmissionPolicy, type Proof, type ProofParts, prove } from "./admission-proofs.ts";
import { reflect } from "./reflector.ts";
import { parseMetadata } from "./resources/metadata.ts";

export interface ProbeParts extends ProofParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

const WATCHED: readonly Resource[] = ["validatingadmissionpolicies", "validatingadmissionpolicybindings"];
/** Of the objects in deploy/admission.yaml. */
const LABEL = "app.kubernetes.io/name=bootswain";
const EVERY: Duration = HOUR;
/** For so long what was seen last counts while nothing can be seen. */
const KEPT: Duration = HOUR;
/** A changed policy is in force, or out of it, a moment later, on each API server by itself. */
const AFTER_CHANGE: readonly Duration[] = [SECOND, 2 * SECOND, 7 * SECOND, 20 * SECOND];
const AGAIN_FIRST: Duration = SECOND;
const AGAIN_MOST: Duration = MINUTE;

const LOST: Readonly<Record<AdmissionPolicy, string>> = {
  "bootswain-decision":
    "decisions made with kubectl or the command line don't count, since nothing proves who made them",
  "bootswain-host-report": "whoever has one agent's token can report for every host",
  "bootswain-bot-deployments": "nothing keeps the bot from changing more of a Deployment than its restart",
};

/** Proves again and again that deploy/admission.yaml is in force: at the start, hourly, and when something of it changes. */
export class AdmissionProbe implements Footing {
  readonly #parts: ProbeParts;
  #observed: Observation | null = null;
  /** Since when nothing can be seen. */
  #blindSince: Duration | null = null;
  #changed: () => void = () => {};
  #watches: readonly Stoppable[] = [];
  #timer: Stoppable | null = null;
  #isRunning = false;
  #isStopped = false;
  /** Looks that are due because something changed; the pauses before each. */
  #due: readonly Duration[] = [];
  #failures = 0;

  constructor(parts: ProbeParts) {
    this.#parts = parts;
  }

  start(changed: () => void): Stoppable {
    this.#changed = changed;
    void this.#look();
    return {
      stop: () => {
        this.#isStopped = true;
        this.#timer?.stop();
        for (const watch of this.#watches) watch.stop();
      },
    };
  }

  observed(): Observation | null {
    return this.#observed;
  }

  async #look(): Promise<void> {
    this.#isRunning = true;
    if (this.#watches.length === 0) await this.#watch();
    const proofs = new Map<AdmissionPolicy, Proof>();
    for (const policy of ADMISSION_POLICIES) proofs.set(policy, await prove(this.#parts, policy));
    if (this.#isStopped) return;
    this.#isRunning = false;
    this.#conclude(proofs);
    this.#schedule();
  }

  #conclude(proofs: ReadonlyMap<AdmissionPolicy, Proof>): void {
    const now = this.#parts.clock.monotonic();
    const missing = lacking(proofs, "missing");
    const untried = lacking(proofs, "untried");
    this.#failures = untried.length > 0 ? this.#failures + 1 : 0;
    if (missing.length > 0 || untried.length === 0) {
      this.#blindSince = null;
      this.#observe(missing.length === 0 ? IN_FORCE : isMissing(missing), missing);
      return;
    }
    this.#blindSince ??= now;
    if (now - this.#blindSince >= KEPT) this.#observe(isMissing(untried), untried);
  }

  #observe(observation: Observation, lacks: readonly Lack[]): void {
    const before = this.#observed;
    if (before?.isTrue === observation.isTrue && before.says === observation.says) return;
    this.#observed = observation;
    for (const { policy, why } of lacks) this.#parts.log.warn("admission policy not in force", { policy, why });
    if (lacks.length === 0) this.#parts.log.info("admission policies in force");
    this.#changed();
  }

  #schedule(): void {
    const [next, ...rest] = this.#due;
    this.#due = rest;
    const again = Math.min(AGAIN_FIRST * 2 ** Math.min(this.#failures - 1, 16), AGAIN_MOST);
    const delay = next ?? (this.#failures > 0 ? again : EVERY);
    this.#timer?.stop();
    this.#timer = this.#parts.clock.after(delay, () => void this.#look());
  }

  /** A server older than 1.30 doesn't have them, and one may be newer the next hour. */
  async #watch(): Promise<void> {
    const { api, clock, random, log, callDeadline } = this.#parts;
    for (const resource of WATCHED) {
      const answer = await api.call({ verb: "list", resource, labelSelector: LABEL, limit: 1 }, callDeadline);
      if (this.#isStopped || answer.kind === "unanswered" || answer.code !== 200) return;
    }
    const changed = (): void => this.#stir();
    this.#watches = WATCHED.map((resource) =>
      reflect({
        api,
        clock,
        random,
        log,
        resource,
        labelSelector: LABEL,
        parse: parseMetadata,
        key: ({ name }) => name,
        changed,
        synced: () => {},
      }),
    );
  }

  #stir(): void {
    this.#due = AFTER_CHANGE;
    if (!this.#isRunning) this.#schedule();
  }
}

interface Lack {
  readonly policy: AdmissionPolicy;
  readonly why: string;
}

const lacking = (proofs: ReadonlyMap<AdmissionPolicy, Proof>, kind: "missing" | "untried"): readonly Lack[] =>
  [...proofs].flatMap(([policy, proof]) => (proof.kind === kind ? [{ policy, why: proof.why }] : []));

const IN_FORCE: Observation = {
  type: "AdmissionMissing",
  isTrue: false,
  says: "The admission policies are in force: decisions count from Slack, kubectl and the command line.",
};

function isMissing(lacks: readonly Lack[]): Observation {
  // Decisions outside of Slack count only with all of them.
  const policies = new Set<AdmissionPolicy>(["bootswain-decision", ...lacks.map(({ policy }) => policy)]);
  const lost = [...policies].map((policy) => LOST[policy]).join(", and ");
  const names = lacks.map(({ policy }) => policy).join(", ");
  const says = `${lost[0]?.toUpperCase()}${lost.slice(1)}. Not in force: ${names}. Apply deploy/rbac.yaml and deploy/admission.yaml; Kubernetes 1.30 or newer is needed.`;
  return { type: "AdmissionMissing", isTrue: true, says };
}
