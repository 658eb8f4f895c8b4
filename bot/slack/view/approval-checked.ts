import { blockersOf } from "../../core/decide/digest.ts";
import { budgetsOf } from "../../core/drain/force.ts";
import { HOUR, type Instant } from "../../core/instant.ts";
import type { PlannedNode } from "../../core/plan.ts";
import { isServing, quorumMembers } from "../../core/quorum.ts";
import { askedNodes, readingOf, type Wave } from "./approval-wave.ts";
import { gatesText } from "./gates.ts";
import { named, nameText } from "./mrkdwn.ts";
import { at } from "./times.ts";

const BLOCKED_MOST = 3;

/** What was looked at before anyone is asked: the pods, the members of etcd, the gates. What is not known is left out. */
export function checkedText(wave: Wave): string {
  const nodes = askedNodes(wave);
  return [...podsText(wave, nodes), ...membersText(wave, nodes), ...gatesTexts(wave)].join(" · ");
}

function podsText(wave: Wave, nodes: readonly PlannedNode[]): readonly string[] {
  const blocked = nodes.filter(({ situation }) => situation.blockers.length > 0);
  if (blocked.length > 0) {
    const more = blocked.length - BLOCKED_MOST;
    return [`${blocked.slice(0, BLOCKED_MOST).map(blockedText).join("; ")}${more > 0 ? ` and ${more} more` : ""}`];
  }
  const looks = nodes.map(lookedAt);
  const known = looks.flatMap((look) => look ?? []);
  if (known.length === 0 || known.length < looks.length) return [];
  // The look is made again and again; its hour is true for longer than its minute.
  const hour = Math.floor(Math.min(...known) / HOUR) * HOUR;
  return [`all pods can move (dry run after ${at(hour, readingOf(wave))})`];
}

function blockedText({ situation }: PlannedNode): string {
  const budgets = budgetsOf(situation.blockers);
  const names = budgets.length === 0 ? blockersOf(situation.reboot) : budgets;
  const by = names.length === 0 ? "pods that don't go" : `PDB ${named(names, 2)}`;
  return `${nameText(situation.node.name)} would be blocked by ${by}`;
}

function lookedAt({ situation: { node, snapshot } }: PlannedNode): Instant | null {
  const check = snapshot.checks?.get(node.name);
  return check === undefined || check.problem !== null || check.nodeUid !== node.uid ? null : check.at;
}

/** Only where a node of the wave is a member itself. */
function membersText({ turn }: Wave, nodes: readonly PlannedNode[]): readonly string[] {
  const members = quorumMembers(turn.snapshot);
  const uids = new Set(nodes.map(({ situation }) => situation.node.uid));
  if (!members.nodes.some(({ uid }) => uids.has(uid))) return [];
  const serving = members.nodes.filter((node) => isServing(node, members)).length;
  return [`${members.isEtcd ? "etcd" : "control plane"} ${serving} of ${members.nodes.length}`];
}

function gatesTexts({ turn }: Wave): readonly string[] {
  const { gates } = turn.plan;
  const isQuiet = gates.length > 0 && gates.every(({ gate, state }) => gate.kind === "alerts" && state === "green");
  if (isQuiet) return ["no alerts"];
  const text = gatesText(turn.plan, turn.snapshot);
  return text === "" ? [] : [text];
}
