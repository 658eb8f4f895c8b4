import { type Attempt, type Move, nextMove, progressAfter } from "./order.ts";
import type { Api, Clock, Host, Log, Reply } from "./ports.ts";
import { type OrderProgress, type ReportStatus, withReportStatus } from "./protocol.ts";
import { type OrderReading, problemOf, readOrder, readReport } from "./readings.ts";
import { nextStatus, saysTheSame } from "./report-status.ts";
import type { AgentTimings } from "./timings.ts";

export interface RoundSettings {
  readonly api: Api;
  readonly host: Host;
  readonly clock: Clock;
  readonly log: Log;
  readonly node: string;
  /** Tells this process from every other that runs, or ran, for the same node. */
  readonly instance: string;
  readonly timings: AgentTimings;
}

export type Outcome =
  | { readonly kind: "settled" }
  /** Something was written, by us or by others: read and decide again. */
  | { readonly kind: "again" }
  | { readonly kind: "trouble"; readonly why: string };

export interface RoundResult {
  readonly outcome: Outcome;
  /** Where a watch on the NodeReboot may begin; null when none was read. */
  readonly watchFrom: string | null;
}

/** The report as read, and what is to be written in its place. */
interface Change {
  readonly object: unknown;
  readonly from: ReportStatus;
  readonly to: ReportStatus;
}

/**
 * One round reads host, report and order afresh, decides, and writes at most once. So each decision rests on reads that
 * were made for it: the round that calls the reboot is the one after that which wrote `accepted`.
 */
export class Rounds {
  readonly #to: RoundSettings;
  readonly #wake: () => void;
  #attempt: Attempt | null = null;
  #lastWrite: number | null = null;
  #stopped = false;

  constructor(settings: RoundSettings, wake: () => void) {
    this.#to = settings;
    this.#wake = wake;
  }

  stop(): void {
    this.#stopped = true;
  }

  untilHeartbeat(): number {
    if (this.#lastWrite === null) return 0;
    return Math.max(0, this.#to.timings.heartbeat - (this.#to.clock.monotonic() - this.#lastWrite));
  }

  async run(): Promise<RoundResult> {
    const { api, host, clock, node } = this.#to;
    const facts = await host.facts();
    const findings = await host.findings();
    const report = await readReport(api, node);
    if (report.kind === "failed") return { outcome: { kind: "trouble", why: report.why }, watchFrom: null };
    const reading = await readOrder(api, clock, node);

    const move = this.#decide(facts.bootId, report.status.order, reading);
    const now = clock.now();
    const progress = progressAfter(report.status.order, move, now, this.#to.instance);
    const to = nextStatus(report.status, { facts, findings, progress, now });
    const outcome = await this.#apply(move, { object: report.object, from: report.status, to }, reading);
    if (reading.kind === "failed") {
      return { outcome: outcome.kind === "settled" ? { kind: "trouble", why: reading.why } : outcome, watchFrom: null };
    }
    if (reading.watchFrom === null && outcome.kind === "settled") {
      const why = `NodeReboot ${node} is not there yet; the bot makes it`;
      return { outcome: { kind: "trouble", why }, watchFrom: null };
    }
    return { outcome, watchFrom: reading.watchFrom };
  }

  #decide(bootId: string, progress: OrderProgress | null, reading: OrderReading): Move {
    if (reading.kind === "failed") return { kind: "rest", why: "the order could not be read" };
    return nextMove({ bootId, order: reading.order, latest: reading.latest(), progress, attempt: this.#attempt });
  }

  async #apply(move: Move, change: Change, reading: OrderReading): Promise<Outcome> {
    if (this.#stopped) return { kind: "settled" };
    if (move.kind === "reboot" && change.to.order !== null && reading.kind === "read") {
      return this.#claimAndCall(change, change.to.order, () => reading.latest() < move.notAfter);
    }
    const needed = move.kind !== "rest" || !saysTheSame(change.from, change.to) || this.untilHeartbeat() === 0;
    if (!needed) return { kind: "settled" };
    const reply = await this.#put(change);
    if (!isWritten(reply)) return this.#notWritten(reply);
    if (move.kind === "rest") return { kind: "settled" };
    this.#to.log.info(`order_${move.kind}`, {
      order: change.to.order?.id,
      ...("why" in move ? { why: move.why } : {}),
    });
    return { kind: "again" };
  }

  /** Only a claim whose own PUT was answered 200 is followed by a call, and only here. */
  async #claimAndCall(change: Change, record: OrderProgress, stillValid: () => boolean): Promise<Outcome> {
    const notCalled = (why: string): Attempt => ({ kind: "notCalled", record, why });
    this.#attempt = notCalled("the write before the reboot was not answered");
    const reply = await this.#put(change);
    // Nothing may be awaited from here to the call.
    if (!isWritten(reply)) {
      // A conflict proves that the claim was not stored, so the order may be decided on again. All else proves nothing.
      const refused = reply.kind === "answered" && reply.code === 409;
      this.#attempt = refused ? null : notCalled(problemOf("not rebooted; the write before the reboot", reply));
      return this.#notWritten(reply);
    }
    if (this.#stopped) return { kind: "settled" };
    if (!stillValid()) {
      this.#attempt = notCalled("the order ran out between the last write and the reboot");
      return { kind: "again" };
    }
    this.#attempt = null;
    const call = this.#to.host.reboot();
    this.#to.log.info("reboot_called", { order: record.id });
    void call.then(
      (result) => this.#called(record.id, result.kind === "failed" ? result.why : null),
      (error: unknown) => this.#called(record.id, error instanceof Error ? error.message : String(error)),
    );
    return { kind: "settled" };
  }

  #called(id: string, problem: string | null): void {
    if (problem === null) return;
    this.#to.log.warn("reboot_failed", { order: id, why: problem });
    this.#attempt = { kind: "callFailed", id, why: `the reboot failed: ${problem}` };
    this.#wake();
  }

  async #put(change: Change): Promise<Reply> {
    const { api, clock, node } = this.#to;
    const reply = await api.putReportStatus(node, withReportStatus(change.object, change.to));
    if (isWritten(reply)) this.#lastWrite = clock.monotonic();
    return reply;
  }

  #notWritten(reply: Reply): Outcome {
    if (reply.kind === "answered" && reply.code === 409) return { kind: "again" };
    return { kind: "trouble", why: problemOf(`the status of HostReport ${this.#to.node}`, reply) };
  }
}

const isWritten = (reply: Reply): boolean => reply.kind === "answered" && reply.code === 200;
