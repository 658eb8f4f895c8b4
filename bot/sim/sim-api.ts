import type {
  Answer,
  Api,
  Call,
  Stoppable,
  WatchCall,
  WatchEnd,
  WatchEvent,
  WatchListener,
} from "../coordinator/ports.ts";
import { type Duration, type Instant, SECOND } from "../core/instant.ts";
import { failure, type ServerAnswer } from "./answers.ts";
import type { ApiServer } from "./api-server.ts";
import type { WorldClock } from "./clock.ts";
import type { Faults } from "./faults.ts";
import { overTheWire } from "./objects.ts";
import type { SimProcess } from "./process.ts";
import type { Store } from "./store.ts";

/** Falsifies what goes over the wire, to prove that the checker sees what is wrong. */
export interface Tamper {
  readonly arriving?: (process: string, call: Call, store: Store) => Call;
  /** How much longer than usual a call is on its way. */
  readonly delays?: (process: string, call: Call) => Duration;
  readonly answered?: (process: string, call: Call, answer: ServerAnswer, now: Instant) => ServerAnswer;
}

/** What a process is about to ask of the server. */
export interface Request {
  readonly at: Instant;
  readonly process: string;
  readonly call: Call;
}

interface ApiParts {
  readonly tamper: Tamper;
  readonly asked: (request: Request) => void;
  readonly process: SimProcess;
  readonly world: WorldClock;
  readonly server: ApiServer;
  readonly store: Store;
  readonly faults: Faults;
}

/** The port `Api` of one process, over a network that loses, delays and cuts. */
export class SimApi implements Api {
  readonly #parts: ApiParts;

  constructor(parts: ApiParts) {
    this.#parts = parts;
  }

  call(call: Call, deadline: Duration): Promise<Answer> {
    return new Promise((resolve) => {
      const { process, world, faults } = this.#parts;
      this.#parts.asked({ at: world.now(), process: process.name, call });
      const late = process
        .clock()
        .after(deadline, () => resolve({ kind: "unanswered", why: `no answer within ${deadline / SECOND} s` }));
      const answered = (answer: Answer): void =>
        process.deliver(() => {
          late.stop();
          resolve(answer);
        });
      const fault = faults.ofCall(world.now(), call);
      switch (fault.kind) {
        case "none":
          this.#send(call, faults.latency() + (this.#parts.tamper.delays?.(process.name, call) ?? 0), answered);
          return;
        case "crash before":
          process.kill();
          return;
        case "crash after":
          this.#send(call, faults.latency(), () => {});
          process.kill();
          return;
        case "late":
          this.#send(call, fault.delay, answered);
          return;
        case "lost answer":
          this.#send(call, faults.latency(), () => {});
          return;
        case "pause":
          process.pause(fault.delay);
          this.#send(call, fault.delay + faults.latency(), answered);
          return;
        case "refused":
          world.after(faults.latency(), () =>
            answered(dated(failure(fault.code, "Trouble", "The server has trouble."), world.now())),
          );
          return;
        default:
          fault satisfies never;
      }
    });
  }

  watch(call: WatchCall, listener: WatchListener): Stoppable {
    return new SimWatch(this.#parts, call, listener);
  }

  #send(call: Call, delay: Duration, answered: (answer: Answer) => void): void {
    const { world, server, faults, process, tamper, store } = this.#parts;
    const sent = "object" in call ? overTheWire(call) : call;
    const sentAt = world.now();
    world.after(delay, () => {
      const arrived = tamper.arriving?.(process.name, sent, store) ?? sent;
      const honest = store.decidedAt(sentAt, () => server.handle(process.name, arrived));
      const date = world.now();
      const answer = tamper.answered?.(process.name, arrived, honest, date) ?? honest;
      world.after(faults.latency(), () => answered(dated(answer, date)));
    });
  }
}

/** The Date header has whole seconds. */
function dated(answer: ServerAnswer, now: Instant): Answer {
  return { kind: "answered", ...answer, date: Math.floor(now / SECOND) * SECOND };
}

/** One watch request: events come in order and late, until the connection ends in one way or another. */
class SimWatch implements Stoppable {
  readonly #parts: ApiParts;
  readonly #listener: WatchListener;
  readonly #lag: Duration;
  #unsubscribe: () => void = () => {};
  #isStopped = false;
  #isStalled = false;
  #lastDelivery: Instant = 0;

  constructor(parts: ApiParts, call: WatchCall, listener: WatchListener) {
    this.#parts = parts;
    this.#listener = listener;
    const { world, faults } = parts;
    const { lag, ends } = faults.ofWatch(world.now());
    this.#lag = lag;
    world.after(faults.latency(), () => this.#open(call));
    switch (ends.kind) {
      case "closed":
      case "gone":
        world.after(ends.after, () =>
          this.#end(ends.kind === "gone" ? { kind: "gone" } : { kind: "closed", why: "timeout" }),
        );
        return;
      case "stalled":
        world.after(ends.after, () => {
          this.#isStalled = true;
        });
        world.after(ends.after + ends.closedAfter, () => this.#end({ kind: "closed", why: "silent" }));
        return;
      default:
        ends satisfies never;
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#unsubscribe();
  }

  #open(call: WatchCall): void {
    if (this.#isStopped || !this.#parts.process.isAlive()) return;
    const subscription = this.#parts.store.watch(call, { event: (event) => this.#event(event), end: () => {} });
    if (subscription === false) this.#end({ kind: "gone" });
    else this.#unsubscribe = subscription;
  }

  #event(event: WatchEvent): void {
    if (this.#isStopped || this.#isStalled) return;
    const { world, process } = this.#parts;
    this.#lastDelivery = Math.max(this.#lastDelivery, world.now() + this.#lag);
    world.after(this.#lastDelivery - world.now(), () =>
      process.deliver(() => {
        if (!this.#isStopped) this.#listener.event(event);
      }),
    );
  }

  /** After the last event that is still on its way. */
  #end(end: WatchEnd): void {
    if (this.#isStopped) return;
    this.#unsubscribe();
    const { world, process } = this.#parts;
    world.after(Math.max(0, this.#lastDelivery - world.now()), () =>
      process.deliver(() => {
        if (this.#isStopped) return;
        this.#isStopped = true;
        this.#listener.end(end);
      }),
    );
  }
}
