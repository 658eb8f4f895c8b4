import type { IncomingMessage } from "node:http";

export interface Reply {
  readonly code: number;
  /** One line for people, or a page. */
  readonly body: string;
  /** Plain text when it is not given. */
  readonly contentType?: string;
}

/** What is served at one path. */
export interface Route {
  readonly path: string;
  readonly methods: readonly string[];
  /** A body that it does not read is thrown away. */
  answer(request: IncomingMessage): Promise<Reply>;
}
