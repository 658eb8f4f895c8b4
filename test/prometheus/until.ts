import { setTimeout as delay } from "node:timers/promises";

const PAUSE = 50;

/** Reads again and again until it is as waited for: programs that are not ours tell nobody when they have got there. */
export async function until<T>(read: () => Promise<T>, isMet: (found: T) => boolean, timeoutMs = 30_000): Promise<T> {
  const end = AbortSignal.timeout(timeoutMs);
  for (;;) {
    const found = await read();
    if (isMet(found)) return found;
    if (end.aborted) throw new Error(`after ${timeoutMs} ms still not as waited for: ${JSON.stringify(found)}`);
    await delay(PAUSE);
  }
}
