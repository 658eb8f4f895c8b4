import type { Finding, HostFacts, Host as HostPort, RebootCall, Stoppable } from "../../agent/ports.ts";
import { type Duration, type Instant, SECOND } from "../core/instant.ts";
import type { WorldClock } from "./clock.ts";
import type { Kubelet } from "./kubelet.ts";
import type { SeededRandom } from "./random.ts";

/** How a host behaves when its reboot is called. */
export interface HostHabits {
  readonly shutdown: Duration;
  readonly boot: Duration;
  /** The first so many calls do nothing, though the call says it was made. */
  ignoredCalls: number;
  /** The need is still there after the reboot. */
  readonly isHelped: boolean;
}

interface HostEvents {
  readonly rebootCalled: (at: Instant) => void;
  readonly wentDown: () => void;
  readonly cameUp: () => void;
}

/** A machine under a node: it needs a reboot, goes down, and comes back with another boot ID. */
export class SimHost {
  readonly node: string;
  readonly #clock: WorldClock;
  readonly #random: SeededRandom;
  readonly #kubelet: Kubelet;
  readonly #habits: HostHabits;
  readonly #events: HostEvents;
  readonly #watchers = new Set<() => void>();
  #bootId: string;
  #bootedAt: Instant;
  #findings: readonly Finding[] = [];
  #isUp = true;
  #boots = 1;

  constructor(
    node: string,
    parts: { clock: WorldClock; random: SeededRandom; kubelet: Kubelet; habits: HostHabits; events: HostEvents },
  ) {
    this.node = node;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#kubelet = parts.kubelet;
    this.#habits = parts.habits;
    this.#events = parts.events;
    this.#bootId = this.#random.uuid();
    this.#bootedAt = this.#clock.now();
    this.#kubelet.start(this.#bootId);
  }

  bootId(): string {
    return this.#bootId;
  }

  /** How often it was booted, the first one included. */
  boots(): number {
    return this.#boots;
  }

  isUp(): boolean {
    return this.#isUp;
  }

  isPending(): boolean {
    return this.#findings.length > 0;
  }

  need(text: string): void {
    const since = this.#clock.now();
    this.#findings = [{ kind: "sentinel", identity: `/sentinel/reboot-required ${since} ${text}`, text, since }];
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** What one life of its agent sees of the host; `isAlive` ends with that process. */
  port(isAlive: () => boolean): HostPort {
    return {
      facts: async (): Promise<HostFacts> => ({
        bootId: this.#bootId,
        bootedAt: this.#bootedAt,
        os: "AlmaLinux 9.4",
        kernel: "5.14.0-427",
      }),
      findings: async () => this.#findings,
      watch: (changed): Stoppable => {
        const guarded = (): void => {
          if (isAlive()) changed();
        };
        this.#watchers.add(guarded);
        return { stop: () => void this.#watchers.delete(guarded) };
      },
      reboot: async (): Promise<RebootCall> => {
        if (isAlive()) this.#called();
        return { kind: "called" };
      },
    };
  }

  /** Power off and on, ordered or not. */
  goDown(): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    this.#watchers.clear();
    this.#kubelet.stop();
    this.#events.wentDown();
    this.#clock.after(this.#habits.boot, () => this.#comeUp());
  }

  #called(): void {
    this.#events.rebootCalled(this.#clock.now());
    if (this.#habits.ignoredCalls > 0) {
      this.#habits.ignoredCalls -= 1;
      return;
    }
    this.#clock.after(this.#habits.shutdown, () => this.goDown());
  }

  #comeUp(): void {
    this.#isUp = true;
    this.#boots += 1;
    this.#bootId = this.#random.uuid();
    this.#bootedAt = this.#clock.now();
    if (this.#habits.isHelped) this.#findings = [];
    this.#clock.after(this.#random.between(1, 5) * SECOND, () => {
      if (this.#isUp) this.#kubelet.start(this.#bootId);
    });
    this.#events.cameUp();
  }
}
