import type { Clock, Stoppable } from "../../coordinator/ports.ts";
import type { Delivery, Envelope } from "./envelope.ts";
import { isFields } from "./fields.ts";
import type { SocketChoice } from "./socket-choice.ts";

/** One end of a WebSocket. */
export interface Wire {
  send(text: string): void;
  /** Ends the TCP connection without a closing frame. */
  cut(): void;
  /** Reads nothing more, and closes nothing. */
  mute(): void;
}

export interface Link {
  readonly id: number;
  readonly wire: Wire;
  /** Told to disconnect: it gets no more envelopes. */
  leaving: boolean;
  /** Half-open: what goes down it is lost. */
  isSilent: boolean;
}

/** One sending of an envelope. */
export interface Sending {
  readonly envelopeId: string;
  readonly link: number;
  readonly attempt: number;
  readonly envelope: Envelope;
  acked: boolean;
}

export type DisconnectReason = "warning" | "refresh_requested" | "link_disabled";

interface Job {
  readonly envelope: Envelope;
  readonly envelopeIds: string[];
  readonly settle: (delivery: Delivery) => void;
}

interface Pending {
  readonly job: Job;
  readonly sending: Sending;
  readonly link: Link;
  readonly deadline: Stoppable;
}

export interface HubOptions {
  readonly after: Clock["after"];
  readonly choose: SocketChoice;
  readonly ackWithinMs: number;
  /** Slack sends events again, but not clicks and commands. */
  readonly resend: "events" | "all";
  readonly appId: string;
  readonly nextId: (prefix: string) => string;
}

/** An event comes again up to three times (docs.slack.dev, "Retries"). */
const MAX_SENDINGS = 4;

/** Socket Mode's server side: each envelope goes down one of the open connections, and an ack settles it. */
export class SocketHub {
  readonly sendings: Sending[] = [];
  /** Acks that belonged to nothing: a second ack, or one after the last deadline. */
  strayAcks = 0;
  readonly #options: HubOptions;
  readonly #links = new Set<Link>();
  readonly #pending = new Map<string, Pending>();
  readonly #countWaits = new Set<{ readonly count: number; readonly done: () => void }>();
  #lastLink = 0;

  constructor(options: HubOptions) {
    this.#options = options;
  }

  /** The connections that envelopes can go down. */
  get open(): readonly Link[] {
    return [...this.#links].filter((link) => !link.leaving);
  }

  /** Resolves when exactly `count` connections are open. */
  connected(count: number): Promise<void> {
    if (this.open.length === count) return Promise.resolve();
    return new Promise((done) => this.#countWaits.add({ count, done }));
  }

  join(wire: Wire): Link {
    this.#lastLink += 1;
    const link: Link = { id: this.#lastLink, wire, leaving: false, isSilent: false };
    this.#links.add(link);
    const hello = {
      type: "hello",
      num_connections: this.open.length,
      connection_info: { app_id: this.#options.appId },
      debug_info: { host: `applink-${link.id}`, build_number: 1, approximate_connection_time: 18_060 },
    };
    put(link, hello);
    this.#counted();
    return link;
  }

  left(link: Link): void {
    if (!this.#links.delete(link)) return;
    this.#counted();
    for (const pending of [...this.#pending.values()]) if (pending.link === link) this.#unanswered(pending);
  }

  deliver(envelope: Envelope): Promise<Delivery> {
    return new Promise((settle) => this.#send({ envelope, envelopeIds: [], settle }, null));
  }

  heard(text: string): void {
    const ack: unknown = JSON.parse(text);
    const id = isFields(ack) ? ack["envelope_id"] : undefined;
    const pending = typeof id === "string" ? this.#pending.get(id) : undefined;
    if (pending === undefined || !isFields(ack)) {
      this.strayAcks += 1;
      return;
    }
    pending.sending.acked = true;
    this.#settle(pending.job, { acked: true, answer: ack["payload"] ?? null });
  }

  /** Sends the frame after which Slack's client leaves and comes back. */
  disconnect(reason: DisconnectReason): void {
    for (const link of this.open) {
      link.leaving = true;
      put(link, { type: "disconnect", reason, debug_info: { host: `applink-${link.id}` } });
    }
    this.#counted();
  }

  /** Cuts all connections, as a broken network does. */
  drop(): void {
    this.#cut([...this.#links]);
  }

  /** Makes the present connections half-open, until they are cut by the stop. */
  silence(): Stoppable {
    const silenced = [...this.#links];
    for (const link of silenced) {
      link.isSilent = true;
      link.wire.mute();
    }
    return { stop: () => this.#cut(silenced) };
  }

  close(): void {
    this.drop();
    for (const { job } of [...this.#pending.values()]) this.#settle(job, { acked: false, answer: null });
  }

  #cut(links: readonly Link[]): void {
    for (const link of links) {
      link.wire.cut();
      this.left(link);
    }
  }

  #send(job: Job, notOn: Link | null): void {
    const others = this.open.filter((link) => link !== notOn);
    const link = this.#pick(others.length > 0 ? others : this.open);
    if (link === undefined) {
      this.#settle(job, { acked: false, answer: null });
      return;
    }
    const envelopeId = this.#options.nextId("00000000-0000-4000-8000-1000");
    const attempt = job.envelopeIds.length;
    const sending: Sending = { envelopeId, link: link.id, attempt, envelope: job.envelope, acked: false };
    const deadline = this.#options.after(this.#options.ackWithinMs, () => {
      const pending = this.#pending.get(envelopeId);
      if (pending !== undefined) this.#unanswered(pending);
    });
    job.envelopeIds.push(envelopeId);
    this.sendings.push(sending);
    this.#pending.set(envelopeId, { job, sending, link, deadline });
    put(link, frame(sending));
  }

  #pick(links: readonly Link[]): Link | undefined {
    return links.length === 0 ? undefined : links[this.#options.choose(links.length)];
  }

  /** The first sending stays known, so that a late ack of it still counts while the second is out. */
  #unanswered({ job, link, sending, deadline }: Pending): void {
    deadline.stop();
    if (sending.envelopeId !== job.envelopeIds.at(-1)) return;
    const isResent = this.#options.resend === "all" || job.envelope.type === "events_api";
    if (isResent && job.envelopeIds.length < MAX_SENDINGS) this.#send(job, link);
    else this.#settle(job, { acked: false, answer: null });
  }

  #settle(job: Job, outcome: Omit<Delivery, "sent">): void {
    for (const id of job.envelopeIds) {
      this.#pending.get(id)?.deadline.stop();
      this.#pending.delete(id);
    }
    job.settle({ ...outcome, sent: job.envelopeIds.length });
  }

  #counted(): void {
    for (const wait of [...this.#countWaits]) {
      if (wait.count !== this.open.length) continue;
      this.#countWaits.delete(wait);
      wait.done();
    }
  }
}

function put(link: Link, message: object): void {
  if (!link.isSilent) link.wire.send(JSON.stringify(message));
}

function frame({ envelopeId, envelope, attempt }: Sending) {
  return {
    envelope_id: envelopeId,
    type: envelope.type,
    accepts_response_payload: envelope.acceptsResponsePayload,
    payload: envelope.payload,
    ...(envelope.type === "events_api"
      ? { retry_attempt: attempt, retry_reason: attempt === 0 ? "" : "timeout" }
      : attempt > 0
        ? { retry_attempt: attempt, retry_reason: "timeout" }
        : {}),
  };
}
