import { listed } from "../../listed.ts";
import type { NodeEffect, Weighed } from "../effect.ts";

const GOING: ReadonlySet<string> = new Set(["preparing", "draining", "rebooting", "verifying"]);

/** What becomes of nodes that are being rebooted: they step aside, or go on though their pool or its mode changes. */
export function underWay({ nodes }: Weighed): readonly string[] {
  const going = nodes.filter(({ after }) => GOING.has(after.phase));
  const aside = going.filter(({ before, after }) => after.stepsAside !== null && (before?.stepsAside ?? null) === null);
  const leftAlone = going.filter(({ after, isMoved }) => isMoved && after.stepsAside === null);
  return [
    ...aside.map(
      ({ node, after }) => `${node} is ${after.phase} and would step aside, uncordoned: ${after.stepsAside ?? ""}.`,
    ),
    ...leftAloneText(leftAlone),
  ];
}

function leftAloneText(nodes: readonly NodeEffect[]): readonly string[] {
  if (nodes.length === 0) return [];
  const names = listed(nodes.map(({ node, after }) => `${node} (${after.phase})`));
  return [`${names}: pool or mode changes, and the reboot goes on, since its order is out.`];
}
