import type { GitHubConnection } from "../connection.ts";
import { textWithin } from "../shape.ts";
import { type Calls, parsed } from "./calls.ts";

/** In whose name the bot writes. */
export interface Who {
  readonly login: string;
  /** Null for a plain token, which makes no check runs. */
  readonly appId: number | null;
}

/** Rejects with CallFailed, with Over, or as the connection does. */
export async function whoWrites(calls: Calls, connection: Pick<GitHubConnection, "app">): Promise<Who> {
  const app = await connection.app();
  if (app !== null) return { login: `${app.slug}[bot]`, appId: app.id };
  const answer = await calls.read("GET /user", {}, null);
  return parsed((data) => ({ login: textWithin(data, "login"), appId: null }), answer?.data);
}
