import { setTimeout as delay } from "node:timers/promises";
import { failure } from "./client.ts";

const TRIES = 4;
const MOST_SECONDS = 5;

/** Waits a short rate limit out: nobody should be turned away for one. Any other failure is the caller's. */
export async function patiently<Found>(call: () => Promise<Found>): Promise<Found> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      const { error: name, retryAfterSeconds = 1 } = failure(error);
      if (name !== "ratelimited" || retryAfterSeconds > MOST_SECONDS || tries === TRIES) throw error;
      await delay(retryAfterSeconds * 1_000);
    }
  }
}
