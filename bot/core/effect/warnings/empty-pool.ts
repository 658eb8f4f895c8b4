import { listed } from "../../listed.ts";
import type { Weighed } from "../effect.ts";

export function emptyPool({ pools, nodes }: Weighed): readonly string[] {
  return pools
    .filter(({ kind, nodes: taken }) => kind !== "gone" && taken.length === 0)
    .map(({ name }) => {
      const had = nodes.filter(({ before }) => before?.pool?.name === name).map(({ node }) => node);
      return `Pool ${name} has no node${had.length === 0 ? "" : ` any more (until now ${listed(had)})`}.`;
    });
}
