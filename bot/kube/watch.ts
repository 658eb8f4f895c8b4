import { type KubeConfig, Watch } from "@kubernetes/client-node";
import type { Stoppable, WatchCall, WatchEnd, WatchEvent, WatchListener } from "../coordinator/ports.ts";
import { pathOf } from "./paths.ts";

/** The server ends a watch after this long, spread so that not all end at once. */
const LASTS_SECONDS = 240;
const SPREAD_SECONDS = 120;

const GONE = 410;

/**
 * One watch request on client-node's Watch, which gives a silent connection up after 30 s; it is resumed then. Its informer is not
 * used: it stops on errors and never pages.
 */
export class KubeWatch implements Stoppable {
  readonly #listener: WatchListener;
  #controller: AbortController | null = null;
  #hasEnded = false;

  constructor(config: KubeConfig, call: WatchCall, listener: WatchListener) {
    this.#listener = listener;
    void this.#open(config, call);
  }

  stop(): void {
    this.#hasEnded = true;
    this.#controller?.abort();
  }

  async #open(config: KubeConfig, call: WatchCall): Promise<void> {
    const watch = new Watch(config);
    const query = {
      resourceVersion: call.resourceVersion,
      allowWatchBookmarks: true,
      timeoutSeconds: LASTS_SECONDS + Math.floor(Math.random() * SPREAD_SECONDS),
      ...(call.fieldSelector === undefined ? {} : { fieldSelector: call.fieldSelector }),
      ...(call.labelSelector === undefined ? {} : { labelSelector: call.labelSelector }),
    };
    try {
      const path = pathOf(call.resource, call.namespace);
      this.#controller = await watch.watch(
        path,
        query,
        (type, object) => this.#event(type, object),
        (error) => this.#end(endOf(error)),
      );
      if (this.#hasEnded) this.#controller.abort();
    } catch (error) {
      this.#end(endOf(error));
    }
  }

  #event(type: string, object: unknown): void {
    if (this.#hasEnded) return;
    if (isEventType(type)) this.#listener.event({ type, object });
    else
      this.#end(codeOf(object) === GONE ? { kind: "gone" } : { kind: "closed", why: `the server ended it: ${type}` });
  }

  #end(end: WatchEnd): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#controller?.abort();
    this.#listener.end(end);
  }
}

const isEventType = (type: string): type is WatchEvent["type"] =>
  ["ADDED", "MODIFIED", "DELETED", "BOOKMARK"].includes(type);

function endOf(error: unknown): WatchEnd {
  if (typeof error === "object" && error !== null && "statusCode" in error && error.statusCode === GONE)
    return { kind: "gone" };
  return { kind: "closed", why: error instanceof Error ? error.message : "the server closed it" };
}

function codeOf(status: unknown): number {
  return typeof status === "object" && status !== null && "code" in status ? Number(status.code) : 0;
}
