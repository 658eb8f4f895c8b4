import type { Finding, Host, HostFacts, Instant, RebootCall, Stoppable } from "../ports.ts";

/** A host that records the calls of its reboot and goes on running, so that a second call would be seen. */
export class FakeHost implements Host {
  bootId = "boot-1";
  found: readonly Finding[] = [];
  /** When each call was made. */
  readonly rebootsAt: Instant[] = [];
  answer: RebootCall = { kind: "called" };
  problem: string | null = null;
  readonly #now: () => Instant;
  #changed: (() => void) | null = null;

  constructor(now: () => Instant) {
    this.#now = now;
  }

  async facts(): Promise<HostFacts> {
    if (this.problem !== null) throw new Error(this.problem);
    return { bootId: this.bootId, bootedAt: 1_000_000, os: "AlmaLinux 9.4", kernel: "5.14.0" };
  }

  async findings(): Promise<readonly Finding[]> {
    return this.found;
  }

  watch(changed: () => void): Stoppable {
    this.#changed = changed;
    return {
      stop: () => {
        this.#changed = null;
      },
    };
  }

  setFindings(found: readonly Finding[]): void {
    this.found = found;
    this.#changed?.();
  }

  async reboot(): Promise<RebootCall> {
    this.rebootsAt.push(this.#now());
    return this.answer;
  }
}
