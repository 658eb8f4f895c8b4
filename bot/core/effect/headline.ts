import type { Effect, NodeEffect } from "./effect.ts";
import type { Shift } from "./shift.ts";

/** The effect in one line of words and numbers: "2 of 4 nodes change pool or mode; 3 would start earlier; voids 1 approval". */
export function headline(effect: Effect): string {
  const { nodes, proposed, inForce } = effect;
  if (inForce === undefined) return `no policy is in force; ${firstText(effect)}`;
  const parts = [
    ...part(
      nodes.filter(({ isMoved }) => isMoved),
      (count) => `${count} of ${nodes.length} nodes ${count === 1 ? "changes" : "change"} pool or mode`,
    ),
    ...SHIFTS.flatMap(([shift, says]) =>
      part(
        nodes.filter((one) => one.shift === shift && !isAside(one)),
        says,
      ),
    ),
    ...part(nodes.filter(isAside), (count) => `${count} under way would step aside`),
    ...voidsText(nodes),
    ...windowsText(effect),
  ];
  return parts.length === 0 ? `changes nothing for the nodes of ${proposed.cluster} as they are now` : parts.join("; ");
}

const SHIFTS: readonly (readonly [Shift, (count: number) => string])[] = [
  ["earlier", (count) => `${count} would start earlier`],
  ["later", (count) => `${count} would start later`],
  ["after all", (count) => `${count} would reboot that would not now`],
  ["no more", (count) => `${count} would not reboot by ${count === 1 ? "itself" : "themselves"} any more`],
];

const isAside = ({ before, after }: NodeEffect): boolean =>
  after.stepsAside !== null && (before?.stepsAside ?? null) === null;

const part = (nodes: readonly NodeEffect[], says: (count: number) => string): readonly string[] =>
  nodes.length === 0 ? [] : [says(nodes.length)];

function firstText({ nodes, at }: Effect): string {
  const starting = nodes.flatMap(({ after: { forecast } }) => (forecast?.kind === "starts" ? [forecast] : []));
  const now = starting.filter((one) => one.at <= at && !one.ifApproved).length;
  return `with this one ${starting.length} of ${nodes.length} nodes would reboot, ${now} of them at once`;
}

const NOUNS: Readonly<Record<string, string>> = { approve: "approval", force: "force" };

/** Each person's word for a node counts once. */
function voidsText(nodes: readonly NodeEffect[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { voids } of nodes)
    for (const { verb } of voids)
      counts.set(NOUNS[verb] ?? "other decision", (counts.get(NOUNS[verb] ?? "other decision") ?? 0) + 1);
  if (counts.size === 0) return [];
  const texts = [...counts].map(([noun, count]) => `${count} ${noun}${count === 1 ? "" : "s"}`);
  return [`voids ${texts.join(" and ")}`];
}

function windowsText({ pools }: Effect): readonly string[] {
  const names = pools
    .filter(({ openings }) => openings !== null && openings.before !== null && openings.after !== null)
    .map(({ name }) => name);
  if (names.length === 0) return [];
  return [names.length === 1 ? `other windows for ${names[0] ?? ""}` : `other windows for ${names.length} pools`];
}
