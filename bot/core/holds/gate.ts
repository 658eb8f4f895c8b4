import { closedGates, unprovenGate } from "../gates/closed.ts";
import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

/** Closed before the slot: red, or not to be read. */
export function gate(situation: Situation): Hold | null {
  const closed = closedGates(situation);
  if (closed.length === 0) return null;
  const says = closed.map(({ name, says: why, isRed }) =>
    isRed ? `Gate ${name} is closed: ${why}.` : `Gate ${name} can't be read, and counts as closed: ${why}.`,
  );
  return { kind: "gate", says: says.join(" "), until: null };
}

/** Nothing else holds the node: it waits for the readings that show its gates open. */
export function unprovenGateHold(situation: Situation): Hold | null {
  const name = unprovenGate(situation);
  if (name === null) return null;
  const says = `Gate ${name} is being read: it opens after two good readings in a row.`;
  return { kind: "gate", says, until: null };
}
