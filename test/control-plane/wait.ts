import { type Json, listAt, stringAt } from "./json.ts";
import { mustSend, type Rest } from "./rest.ts";

/** A test waited for something that did not come; `last` is what was there instead. */
export class WaitTimedOut extends Error {
  readonly path: string;
  readonly last: readonly Json[];

  constructor(path: string, timeoutMs: number, last: readonly Json[]) {
    super(`after ${timeoutMs} ms ${path} is still not as waited for: ${JSON.stringify(last, withoutNoise)}`);
    this.name = "WaitTimedOut";
    this.path = path;
    this.last = last;
  }
}

/** Watches one object, given by its path, until the predicate holds. It sees undefined while there is no such object. */
export async function waitFor(
  rest: Rest,
  path: string,
  isMet: (object: Json | undefined) => boolean,
  timeoutMs = 30_000,
): Promise<Json | undefined> {
  const slash = path.lastIndexOf("/");
  const list = `${path.slice(0, slash)}?fieldSelector=metadata.name%3D${path.slice(slash + 1)}`;
  const [object] = await waitForList(rest, list, (items) => isMet(items[0]), timeoutMs);
  return object;
}

/** The same for a collection; the path may carry selectors. Objects come in the order of their first sight. */
export async function waitForList(
  rest: Rest,
  path: string,
  isMet: (items: readonly Json[]) => boolean,
  timeoutMs = 30_000,
): Promise<readonly Json[]> {
  const ended = new AbortController();
  const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(timeoutMs)]);
  let last: readonly Json[] = [];
  try {
    for (;;) {
      for await (last of follow(rest, path, signal)) if (isMet(last)) return last;
    }
  } catch (cause) {
    if (signal.aborted) throw new WaitTimedOut(path, timeoutMs, last);
    throw cause;
  } finally {
    ended.abort();
  }
}

/** A list, and then what one watch makes of it; ends when the watch ends, so that the caller lists again. */
async function* follow(rest: Rest, path: string, signal: AbortSignal): AsyncIterable<readonly Json[]> {
  signal.throwIfAborted();
  const list = await mustSend(rest, "GET", path);
  const items = new Map(listAt(list, "items").map((item) => [stringAt(item, "metadata", "uid"), item]));
  yield [...items.values()];
  const from = `resourceVersion=${stringAt(list, "metadata", "resourceVersion")}`;
  for await (const event of rest.watch(`${path}${path.includes("?") ? "&" : "?"}${from}`, signal)) {
    if (event.type === "ERROR") return;
    const uid = stringAt(event.object, "metadata", "uid");
    if (event.type === "DELETED") items.delete(uid);
    else items.set(uid, event.object);
    yield [...items.values()];
  }
}

/** managedFields is the longest part of each object and says nothing about what was waited for. */
function withoutNoise(key: string, value: unknown): unknown {
  return key === "managedFields" ? undefined : value;
}
