import { listed } from "../../listed.ts";
import type { Weighed } from "../effect.ts";

export function emptyPool({ pools, nodes }: Weighed): readonly string[] {
  return pools
    .filter(({ kind, nodes: taken }) => kind !== "gone" && taken.length === 0)
    .flatMap(({ name, kind }) => {
      const had = nodes.filter(({ before }) => before?.pool?.name === name).map(({ node }) => node);
      // One that had none before is nothing that the change brings.
      if (kind === "kept" && had.length === 0) return [];
      return `Pool ${name} has no node${had.length === 0 ? "" : ` any more (until now ${listed(had)})`}.`;
    });
}
