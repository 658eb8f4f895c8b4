import type { FleetVerb, NodeVerb } from "../../core/fleet/decision.ts";

/** What was typed: a verb with what it is about, in the words of the one who typed it. */
export type Wish = WishOfNodes | WishOfFleet;

interface WishOfNodes {
  readonly verb: NodeVerb;
  /** Names of nodes or ends of them, or a pool. */
  readonly about: { readonly nodes: readonly string[] } | { readonly pool: string };
  readonly reason: string | null;
  /** For skip alone: "fri 18:00", or "for 3d". */
  readonly until: string | null;
}

interface WishOfFleet {
  readonly verb: FleetVerb;
  readonly about: null;
  readonly reason: string | null;
  readonly until: null;
}
