import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

export function paused({ snapshot }: Situation): Hold | null {
  const pause = snapshot.fleet?.paused ?? null;
  if (pause === null) return null;
  const why = pause.reason === "" ? "" : `: ${pause.reason}`;
  return { kind: "paused", says: `${pause.by === "" ? "Someone" : pause.by} paused all reboots${why}.`, until: null };
}
