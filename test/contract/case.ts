import type { ContractWorld } from "./world.ts";

export interface ContractCase {
  readonly says: string;
  /** What was seen; must be the same in both worlds. */
  readonly run: (world: ContractWorld) => Promise<unknown>;
}
