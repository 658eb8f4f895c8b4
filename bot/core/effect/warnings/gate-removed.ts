import { gateKey } from "../../gates/judge.ts";
import { listed } from "../../listed.ts";
import type { Weighed } from "../effect.ts";

/** What must hold now for a node to go, and would not have to. */
export function gateRemoved({ proposed, inForce }: Weighed): readonly string[] {
  const names = new Set(proposed.gates.map(({ name }) => name));
  const keys = new Set(proposed.gates.map(gateKey));
  const old = inForce?.gates ?? [];
  const gone = old.filter(({ name }) => !names.has(name)).map(({ name }) => name);
  const other = old.filter((gate) => names.has(gate.name) && !keys.has(gateKey(gate))).map(({ name }) => name);
  return [
    ...(gone.length === 0
      ? []
      : [`No node would wait for ${gone.length === 1 ? "gate" : "gates"} ${listed(gone)} any more.`]),
    ...(other.length === 0
      ? []
      : [`What ${listed(other)} asks for changes: that it is open now says nothing about then.`]),
  ];
}
