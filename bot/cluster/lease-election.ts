import type { Answer, Election, Stoppable } from "../coordinator/ports.ts";
import { type Duration, SECOND } from "../core/instant.ts";
import type { CallParts } from "./calls.ts";
import { messageOf } from "./json.ts";
import { formatLease, type LeaseRecord, parseLease } from "./lease-record.ts";

interface ElectionParts extends CallParts {
  /** Tells this process from every other, also from an earlier life of its own pod. */
  readonly identity: string;
  readonly namespace: string;
  readonly name: string;
}

interface Observed {
  readonly record: LeaseRecord;
  /** When this state was first seen, by the monotonic clock. */
  readonly at: Duration;
}

/**
 * Leader election by a Lease, as client-go does it: another holder's lease counts as run out when it was not seen to change
 * for its whole length by our own clock, so clocks of two machines are never compared. Our own is counted from before the
 * renewal was sent.
 */
export class LeaseElection implements Election {
  readonly #parts: ElectionParts;
  #observed: Observed | null = null;
  #validUntil: Duration | null = null;
  #leads = false;
  #timer: Stoppable | null = null;
  #expiry: Stoppable | null = null;
  #stopped = false;
  /** The lease is given up or left to the others: no round claims it. */
  #standsBack = false;
  #round: Promise<void> = Promise.resolve();
  #saidHolder: string | null = null;
  #changed: () => void = () => {};

  constructor(parts: ElectionParts) {
    this.#parts = parts;
  }

  start(changed: () => void): void {
    this.#changed = changed;
    this.#run();
  }

  isLeader(): boolean {
    return this.#leads && this.remaining() > 0;
  }

  remaining(): Duration {
    if (this.#validUntil === null || !this.#leads) return 0;
    return Math.max(0, this.#validUntil - this.#parts.clock.monotonic());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.stop();
    await this.#round;
    const led = this.isLeader();
    this.#lose();
    if (led) await this.#giveUp();
  }

  async handOver(ended: Promise<unknown>): Promise<void> {
    if (!this.isLeader()) return;
    const { clock, timings, log, identity } = this.#parts;
    this.#standsBack = true;
    this.#timer?.stop();
    // From here on no effect is started; those under way have deadlines before the end of the lease as it was.
    this.#lose();
    await Promise.all([this.#round, ended]);
    log.info("hands the lease over", { identity });
    await this.#giveUp();
    if (this.#stopped) return;
    this.#timer = clock.after(timings.leaseDuration, () => {
      this.#standsBack = false;
      this.#run();
    });
  }

  /** A lease that is another's by now is left alone: the write is made against the version that was ours. */
  async #giveUp(): Promise<void> {
    if (this.#observed?.record.holder !== this.#parts.identity) return;
    await this.#write({ ...this.#observed.record, holder: "", durationSeconds: 1 });
  }

  #run(): void {
    this.#round = this.#tryOnce().then((delay) => {
      if (this.#isOut()) return;
      this.#timer = this.#parts.clock.after(delay, () => this.#run());
    });
  }

  /** How long until the next round: soon after trouble, else at the renewal's pace. */
  async #tryOnce(): Promise<Duration> {
    const { api, timings, clock, identity } = this.#parts;
    const { name, namespace } = this.#parts;
    const soon = timings.leaseRenew / 5;
    const read = await api.call({ verb: "get", resource: "leases", namespace, name }, this.#deadline());
    if (this.#isOut()) return soon;
    const observed = this.#observe(read);
    if (observed === "unknown") return soon;
    const isOurs = observed?.holder === identity;
    if (observed !== null && !isOurs && !this.#hasRunOut()) {
      this.#lose();
      this.#sayHolder(observed.holder);
      return timings.leaseRenew;
    }
    const sentAt = clock.monotonic();
    const written = await this.#write(this.#claim(observed, isOurs));
    if (!written || this.#standsBack) return soon;
    this.#win(sentAt + timings.leaseDuration);
    return timings.leaseRenew;
  }

  #isOut(): boolean {
    return this.#stopped || this.#standsBack;
  }

  #claim(observed: LeaseRecord | null, isOurs: boolean): LeaseRecord {
    const { identity, timings } = this.#parts;
    return {
      version: observed?.version ?? "",
      holder: identity,
      durationSeconds: Math.ceil(timings.leaseDuration / SECOND),
      transitions: (observed?.transitions ?? 0) + (isOurs || observed === null ? 0 : 1),
    };
  }

  #observe(read: Answer): LeaseRecord | null | "unknown" {
    if (read.kind === "answered" && read.code === 404) return null;
    const record = read.kind === "answered" && read.code === 200 ? parseLease(read.body) : null;
    if (record === null) {
      const why = read.kind === "unanswered" ? read.why : `${read.code} ${messageOf(read.body)}`;
      this.#parts.log.warn("lease not read", { why });
      return "unknown";
    }
    this.#note(record);
    return record;
  }

  #note(record: LeaseRecord): void {
    if (this.#observed?.record.version === record.version) return;
    this.#observed = { record, at: this.#parts.clock.monotonic() };
  }

  /** The holder's own length counts, and ours if that is longer: two replicas may run with different timings. */
  #hasRunOut(): boolean {
    if (this.#observed === null || this.#observed.record.holder === "") return true;
    const { record, at } = this.#observed;
    const length = Math.max(record.durationSeconds * SECOND, this.#parts.timings.leaseDuration);
    return this.#parts.clock.monotonic() - at >= length;
  }

  async #write(record: LeaseRecord): Promise<boolean> {
    const { api, clock, name, namespace, log } = this.#parts;
    const object = formatLease(name, namespace, record, clock.now());
    const call =
      record.version === ""
        ? ({ verb: "create", resource: "leases", namespace, object } as const)
        : ({ verb: "update", resource: "leases", namespace, name, object } as const);
    const answer = await api.call(call, this.#deadline());
    if (answer.kind === "answered" && (answer.code === 200 || answer.code === 201)) {
      const written = parseLease(answer.body);
      if (written !== null) this.#note(written);
      return true;
    }
    const why = answer.kind === "unanswered" ? answer.why : `${answer.code} ${messageOf(answer.body)}`;
    log.warn("lease not written", { why });
    return false;
  }

  #deadline(): Duration {
    const { timings } = this.#parts;
    return Math.min(timings.callDeadline, timings.leaseRenew);
  }

  #win(validUntil: Duration): void {
    const { clock, log, identity } = this.#parts;
    this.#validUntil = validUntil;
    this.#expiry?.stop();
    this.#expiry = clock.after(validUntil - clock.monotonic(), () => this.#lose());
    if (this.#leads) return;
    this.#leads = true;
    this.#saidHolder = identity;
    log.info("leads", { identity });
    this.#changed();
  }

  #lose(): void {
    this.#expiry?.stop();
    this.#validUntil = null;
    if (!this.#leads) return;
    this.#leads = false;
    this.#parts.log.warn("leads no longer", { identity: this.#parts.identity });
    this.#changed();
  }

  #sayHolder(holder: string): void {
    if (this.#saidHolder === holder) return;
    this.#saidHolder = holder;
    this.#parts.log.info("stands by", { leader: holder, says: `${holder} leads; this bot takes over when it stops.` });
  }
}
