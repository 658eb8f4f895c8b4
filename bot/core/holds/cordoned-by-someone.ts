import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

export function cordonedBySomeone({ node, standing }: Situation): Hold | null {
  if (node.cordon.kind !== "foreign" || standing.adopted !== null) return null;
  const says = `${node.name} was cordoned by someone else, and stays so until they uncordon it.`;
  return { kind: "cordoned by someone", says, until: null };
}
