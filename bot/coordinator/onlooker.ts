import type { Turn } from "./coordinator.ts";
import type { Stoppable } from "./ports.ts";

/** Shows to people, in its own time and by its own means, what was decided; nothing in the cluster waits for it. */
export interface Onlooker extends Stoppable {
  /** Called after each turn, on the leader and on the standby. */
  show(turn: Turn): void;
}
