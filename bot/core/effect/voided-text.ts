import { listed } from "../listed.ts";
import type { Weighed } from "./effect.ts";

const WHAT: Readonly<Record<string, string>> = {
  approve: "The approval",
  now: "The yes to go now",
  force: "The force",
  reboot: "The wish for a reboot",
  adopt: "The word to take the cordon over",
};

/** "The approval of ana for abal-kuber01, abal-kuber02: windows of control-plane change.", the same for several nodes once. */
export function voidedTexts({ nodes }: Pick<Weighed, "nodes">): readonly string[] {
  const all = nodes.flatMap(({ node, voids }) => voids.map((one) => ({ node, ...one })));
  const alike = Map.groupBy(all, ({ verb, person, why }) => JSON.stringify([verb, person, why]));
  return [...alike.values()].flatMap((some) => {
    const [first] = some;
    if (first === undefined) return [];
    const what = WHAT[first.verb] ?? `What was said (${first.verb})`;
    return [`${what} of ${first.person} for ${listed(some.map(({ node }) => node))}: ${first.why}.`];
  });
}
