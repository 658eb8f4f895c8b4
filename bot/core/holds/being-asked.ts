import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

/** A leader that has just begun knows of nobody whether they still may. A look ends soon, also where Slack is down. */
export function beingAsked({ standing, node }: Situation): Hold | null {
  if (!standing.isBeingAsked) return null;
  const says = `Slack is asked whether those who decided about ${node.name} still may.`;
  return { kind: "unchecked", says, until: null };
}
