import type { Api, Clock, Reply, Stoppable } from "../ports.ts";
import { formatOrder, type Order, parseReportStatus, type ReportStatus } from "../protocol.ts";

export interface ApiCall {
  readonly verb: "get report" | "get order" | "put";
  /** The status that a put carries. */
  readonly status: ReportStatus | null;
}

/** Replaces the server's own answer, which `serve` gives (and carries the call out). */
export type Fault = (call: ApiCall, serve: () => Reply) => Reply | Promise<Reply> | null;

interface Stored {
  version: number;
  status: unknown;
}

interface Watching {
  readonly listener: Parameters<Api["watchReboot"]>[2];
  over: boolean;
}

/** One node's two objects, with the API server's rules for versions, and a Date of the clock's whole seconds. */
export class RecordingApi implements Api {
  readonly calls: ApiCall[] = [];
  fault: Fault = () => null;
  report: Stored | null = null;
  reboot: Stored | null = null;
  readonly watches: Watching[] = [];
  readonly #clock: Clock;
  #version = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get status(): ReportStatus {
    return parseReportStatus(this.#shown(this.report));
  }

  get puts(): readonly ReportStatus[] {
    return this.calls.flatMap((call) => (call.status === null ? [] : [call.status]));
  }

  makeReport(status: unknown = {}): void {
    this.report = { version: this.#next(), status };
  }

  setOrder(order: Order | null): void {
    this.reboot = { version: this.#next(), status: order === null ? {} : { order: formatOrder(order) } };
    for (const watch of this.watches.filter((each) => !each.over)) watch.listener.changed();
  }

  endWatches(why: string): void {
    for (const watch of this.watches.filter((each) => !each.over)) {
      watch.over = true;
      watch.listener.ended(why);
    }
  }

  get(resource: "hostreports" | "nodereboots"): Promise<Reply> {
    const isReport = resource === "hostreports";
    return this.#call({ verb: isReport ? "get report" : "get order", status: null }, () => {
      const stored = isReport ? this.report : this.reboot;
      return stored === null ? this.answer(404, {}) : this.answer(200, this.#shown(stored));
    });
  }

  putReportStatus(_name: string, object: unknown): Promise<Reply> {
    const call: ApiCall = { verb: "put", status: parseReportStatus(object) };
    return this.#call(call, () => {
      if (this.report === null) return this.answer(404, {});
      if (versionIn(object) !== String(this.report.version)) return this.answer(409, {});
      this.report = { version: this.#next(), status: statusIn(object) };
      return this.answer(200, this.#shown(this.report));
    });
  }

  watchReboot(_name: string, _from: string, listener: Watching["listener"]): Stoppable {
    const watching: Watching = { listener, over: false };
    this.watches.push(watching);
    return {
      stop: () => {
        watching.over = true;
      },
    };
  }

  answer(code: number, body: unknown): Reply {
    return { kind: "answered", code, body, date: Math.floor(this.#clock.now() / 1_000) * 1_000 };
  }

  async #call(call: ApiCall, serve: () => Reply): Promise<Reply> {
    this.calls.push(call);
    return (await this.fault(call, serve)) ?? serve();
  }

  #next(): number {
    this.#version += 1;
    return this.#version;
  }

  #shown(stored: Stored | null): unknown {
    return stored === null ? {} : { metadata: { resourceVersion: String(stored.version) }, status: stored.status };
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const statusIn = (object: unknown): unknown => (isRecord(object) ? object["status"] : undefined);

function versionIn(object: unknown): unknown {
  const metadata = isRecord(object) ? object["metadata"] : undefined;
  return isRecord(metadata) ? metadata["resourceVersion"] : undefined;
}
