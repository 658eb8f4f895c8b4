import { type ClientRequest, request } from "node:http";
import type { Clock, Stoppable } from "../../coordinator/ports.ts";
import { SECOND } from "../../core/instant.ts";

export interface Parcel {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The receiver's status, or why there is none. */
export type Outcome = number | "timed out" | "not reached";

export type Post = (parcel: Parcel) => Promise<Outcome>;

/** GitHub waits ten seconds for an answer. */
const PATIENCE = 10 * SECOND;

/** Posts to hooks; each by a connection of its own, so that nothing stays open. */
export class HookPost {
  readonly #after: Clock["after"];
  readonly #underway = new Set<ClientRequest>();

  constructor(after: Clock["after"]) {
    this.#after = after;
  }

  send({ url, body, headers }: Parcel): Promise<Outcome> {
    return new Promise((resolve) => {
      const post = request(url, {
        method: "POST",
        headers: { ...headers, "content-length": Buffer.byteLength(body) },
        agent: false,
      });
      this.#underway.add(post);
      const timer: Stoppable = this.#after(PATIENCE, () => end("timed out"));
      const end = (outcome: Outcome) => {
        timer.stop();
        this.#underway.delete(post);
        resolve(outcome);
        post.destroy();
      };
      post.on("response", (response) => {
        response.resume();
        response.on("end", () => end(response.statusCode ?? 0));
        response.on("error", () => end("not reached"));
      });
      post.on("error", () => end("not reached"));
      post.end(body);
    });
  }

  close(): void {
    for (const post of this.#underway) post.destroy(new Error("the server was closed"));
  }
}
