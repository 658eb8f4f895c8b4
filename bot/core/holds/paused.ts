import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

export function paused({ pause }: Situation): Hold | null {
  if (pause === null) return null;
  const why = pause.reason === "" ? "" : `: ${pause.reason}`;
  return { kind: "paused", says: `${pause.by === "" ? "Someone" : pause.by} paused all reboots${why}.`, until: null };
}
