import type { Hold } from "./hold.ts";

interface Spread {
  readonly node: string;
  readonly label: string;
  readonly value: string;
  readonly taken: number;
  /** A value of the label that has fewer nodes under way. */
  readonly other: string;
}

export function spread({ node, label, value, taken, other }: Spread): Hold {
  const count = taken === 1 ? "1 node" : `${taken} nodes`;
  const says = `${node} waits: ${valueText(value)} has ${count} under way, more than ${valueText(other)}, and reboots are spread over ${label}.`;
  return { kind: "spread", says, until: null };
}

const valueText = (value: string): string => (value === "" ? "nodes without that label" : value);
