import type { Random } from "../../coordinator/ports.ts";

/** Picks one of `count` connections for an envelope, 0 to count - 1. */
export type SocketChoice = (count: number) => number;

export function inTurn(): SocketChoice {
  let turn = -1;
  return (count) => {
    turn += 1;
    return turn % count;
  };
}

/** As Slack does. */
export function atRandom(random: Random): SocketChoice {
  return (count) => Math.floor(random.next() * count);
}
