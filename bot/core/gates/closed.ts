import type { Situation } from "../situation.ts";
import { podsGatesOf, podsOn } from "./pods-gate.ts";

export interface ClosedGate {
  readonly name: string;
  /** What was read, as the end of a sentence. */
  readonly says: string;
  readonly isRed: boolean;
}

/** The gates that are closed for this node: those of the whole cluster first. */
export function closedGates({ gates, policy, node, snapshot }: Situation): readonly ClosedGate[] {
  const asked = gates.flatMap(({ gate, state, says }) =>
    state === "red" || state === "unreachable" ? [{ name: gate.name, says, isRed: state === "red" }] : [],
  );
  const ofPods = podsGatesOf(policy).flatMap((gate) => {
    const { says } = podsOn(gate, node, snapshot);
    return says === null ? [] : [{ name: gate.name, says, isRed: true }];
  });
  return [...asked, ...ofPods];
}

/** Whether each gate of the cluster was read lately: a new leader must not go on before it knows. */
export const areRead = ({ gates }: Pick<Situation, "gates">): boolean => gates.every(({ state }) => state !== "unread");

/** The first gate whose readings don't yet show that it is open: a slot is not taken on a guess, nor on one good reading. */
export function unprovenGate({ gates, policy, node, snapshot }: Situation): string | null {
  const asked = gates.find(({ openSince }) => openSince === null)?.gate.name;
  return asked ?? podsGatesOf(policy).find((gate) => !podsOn(gate, node, snapshot).isKnown)?.name ?? null;
}
