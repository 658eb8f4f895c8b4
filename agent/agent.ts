import type { Stoppable } from "./ports.ts";
import { type Outcome, type RoundResult, type RoundSettings, Rounds } from "./rounds.ts";
import { backoff } from "./timings.ts";

export type AgentSettings = RoundSettings;

/** Runs until stopped. After `stop()` no call of the API begins and no reboot is called. */
export function startAgent(settings: AgentSettings): Stoppable {
  const agent = new Agent(settings);
  agent.start();
  return agent;
}

/** So many rounds follow each other at once before the pauses begin: an order takes three, a conflict some more. */
const AT_ONCE = 5;

/** Rounds never overlap. Whatever happens, a watch event or a changed host, only asks for another round. */
class Agent implements Stoppable {
  readonly #to: AgentSettings;
  readonly #rounds: Rounds;
  readonly #watch: RebootWatch;
  #hostWatch: Stoppable | null = null;
  #timer: Stoppable | null = null;
  #running = false;
  #wanted = false;
  #stopped = false;
  #unsettled = { why: "", times: 0 };

  constructor(settings: AgentSettings) {
    this.#to = settings;
    this.#rounds = new Rounds(settings, () => this.#wake());
    this.#watch = new RebootWatch(settings, () => this.#wake());
  }

  start(): void {
    this.#hostWatch = this.#to.host.watch(() => this.#wake());
    this.#wake();
  }

  stop(): void {
    this.#stopped = true;
    this.#rounds.stop();
    this.#watch.stop();
    this.#hostWatch?.stop();
    this.#timer?.stop();
  }

  #wake(): void {
    this.#wanted = true;
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#timer?.stop();
    while (this.#wanted && !this.#stopped) {
      this.#wanted = false;
      const result = await this.#round();
      if (this.#stopped) break;
      this.#watch.keep(result.watchFrom);
      this.#sleep(this.#pauseAfter(result.outcome));
    }
    this.#running = false;
  }

  async #round(): Promise<RoundResult> {
    try {
      return await this.#rounds.run();
    } catch (error) {
      // The host can't be read. The report then grows old, which the bot shows as a silent agent.
      const why = error instanceof Error ? error.message : String(error);
      return { outcome: { kind: "trouble", why }, watchFrom: null };
    }
  }

  #pauseAfter(outcome: Outcome): number {
    if (outcome.kind === "settled") {
      if (this.#unsettled.times > AT_ONCE) this.#to.log.info("settled");
      this.#unsettled = { why: "", times: 0 };
      return this.#rounds.untilHeartbeat();
    }
    if (outcome.kind === "again") {
      this.#unsettled = { why: "again", times: this.#unsettled.why === "again" ? this.#unsettled.times + 1 : 1 };
      return this.#unsettled.times <= AT_ONCE ? 0 : backoff(this.#to.timings, this.#unsettled.times - AT_ONCE);
    }
    const isNew = this.#unsettled.why !== outcome.why;
    this.#unsettled = { why: outcome.why, times: isNew ? 1 : this.#unsettled.times + 1 };
    if (isNew) this.#to.log.warn("trouble", { why: outcome.why, next: "tries again" });
    return backoff(this.#to.timings, this.#unsettled.times);
  }

  #sleep(pause: number): void {
    this.#timer?.stop();
    if (pause === 0) this.#wanted = true;
    else this.#timer = this.#to.clock.after(pause, () => this.#wake());
  }
}

/** Keeps one watch on the NodeReboot. What it carries is never looked at: the agent acts on fresh reads only. */
class RebootWatch implements Stoppable {
  readonly #to: AgentSettings;
  readonly #wake: () => void;
  #current: object | null = null;
  #handle: Stoppable | null = null;
  #timer: Stoppable | null = null;
  #shortOnes = 0;
  #stopped = false;

  constructor(settings: AgentSettings, wake: () => void) {
    this.#to = settings;
    this.#wake = wake;
  }

  /** Begins a watch at `from` when none runs and no pause is on. */
  keep(from: string | null): void {
    if (from === null || this.#stopped || this.#current !== null || this.#timer !== null) return;
    const watch = {};
    const begun = this.#to.clock.monotonic();
    this.#current = watch;
    this.#handle = this.#to.api.watchReboot(this.#to.node, from, {
      changed: () => {
        if (this.#current === watch && !this.#stopped) this.#wake();
      },
      ended: () => {
        if (this.#current === watch && !this.#stopped) this.#ended(this.#to.clock.monotonic() - begun);
      },
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#handle?.stop();
    this.#timer?.stop();
  }

  /** A server ends each watch after some minutes; only those that end early mean trouble. */
  #ended(lasted: number): void {
    this.#current = null;
    this.#shortOnes = lasted >= this.#to.timings.backoffMost ? 1 : this.#shortOnes + 1;
    this.#timer = this.#to.clock.after(backoff(this.#to.timings, this.#shortOnes), () => {
      this.#timer = null;
      this.#wake();
    });
  }
}
