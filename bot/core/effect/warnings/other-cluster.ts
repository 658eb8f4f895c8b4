import type { Weighed } from "../effect.ts";

export function otherCluster({ proposed, inForce }: Weighed): readonly string[] {
  if (inForce === undefined || proposed.cluster === inForce.cluster) return [];
  return [
    `This policy is for cluster ${proposed.cluster}, and the one in force for ${inForce.cluster}: the bot would not use it.`,
  ];
}
