import type { IncomingMessage } from "node:http";

/** `large`: more than may come. `busy`: others' bodies take the room. `cut`: it ended before its end. */
export type Body =
  | { readonly kind: "read"; readonly bytes: Buffer }
  | { readonly kind: "large" }
  | { readonly kind: "busy" }
  | { readonly kind: "cut" };

interface Limits {
  /** Of one body. */
  readonly most: number;
  /** Of all that are being read. */
  readonly mostTogether: number;
}

/** Reads bodies of whoever sends them: together they never take more room than that. */
export class BodyReader {
  readonly #limits: Limits;
  #held = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Never rejects; ends when the server cuts the request off, at the latest. */
  async read(request: IncomingMessage): Promise<Body> {
    const { most, mostTogether } = this.#limits;
    if (Number(request.headers["content-length"] ?? 0) > most) return { kind: "large" };
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      // Destroyed at an early end, the request could not be answered any more.
      for await (const chunk of request.iterator({ destroyOnReturn: false })) {
        const bytes: Buffer = chunk;
        if (size + bytes.length > most) return { kind: "large" };
        if (this.#held + bytes.length > mostTogether) return { kind: "busy" };
        size += bytes.length;
        this.#held += bytes.length;
        chunks.push(bytes);
      }
      return { kind: "read", bytes: Buffer.concat(chunks) };
    } catch {
      return { kind: "cut" };
    } finally {
      this.#held -= size;
    }
  }
}
