import type { Turn } from "../../coordinator/coordinator.ts";
import { blockersOf } from "../../core/decide/digest.ts";
import { podsToDrain, sieveOf } from "../../core/drain/filter.ts";
import type { PhaseOf } from "../../core/fleet/phase.ts";
import type { Forecast } from "../../core/forecast/forecast.ts";
import { MINUTE } from "../../core/instant.ts";
import type { PlannedNode } from "../../core/plan.ts";
import type { Situation } from "../../core/situation.ts";
import { blockedBase, isBlocked } from "./blocked-node.ts";
import type { Reference } from "./card.ts";
import { cardLink } from "./links.ts";
import { clip, escaped, named, nameText } from "./mrkdwn.ts";
import { at, minutes, type Reading, soonAt } from "./times.ts";

/** What the lines of one board are drawn with. */
export interface Drawn {
  readonly turn: Turn;
  readonly channel: string;
  readonly known: readonly Reference[];
  readonly reading: Reading;
}

const SAYS_MOST = 500;

export const isToGo = ({ situation, phase }: PlannedNode): boolean =>
  situation.report?.pending != null || phase.kind !== "waiting";

/** What needs a look comes first, so that it is not among those left out. */
export function rankOf(planned: PlannedNode): number {
  if (planned.phase.kind === "failed") return 0;
  if (isBlocked(planned)) return 1;
  if (planned.phase.kind !== "waiting") return 2;
  return isToGo(planned) ? 3 : 4;
}

export function nodeLine(planned: PlannedNode, drawn: Drawn): string {
  const { situation, phase } = planned;
  const name = nameText(situation.node.name);
  if (phase.kind === "failed") {
    const link = cardLink(drawn.known, { kind: "failed", channel: drawn.channel, base: `failed-${phase.order}` });
    return `🛑 ${name}  failed, needs a look${link}`;
  }
  if (isBlocked(planned)) return `⛔ ${name}  ${blockedText(planned, drawn)}`;
  if (phase.kind !== "waiting") return `🔄 ${name}  ${phase.kind}${progressOf(planned)}${aheadText(planned, drawn)}`;
  if (situation.report?.pending != null) {
    const ahead = aheadText(planned, drawn);
    const says = waitText(planned);
    return `⏳ ${name}  ${ahead === "" ? says : says.replace(/\.$/, "")}${ahead}`;
  }
  return restText(situation, name, drawn.reading);
}

function restText({ reboot, report }: Situation, name: string, reading: Reading): string {
  const outcome = reboot?.outcome;
  if (outcome?.kind === "rebooted")
    return `✅ ${name}  rebooted ${at(outcome.at, reading)} in ${minutes(outcome.took)}`;
  return report === null ? `❔ ${name}  its agent has never reported` : `✅ ${name}  needs no reboot`;
}

function blockedText(planned: PlannedNode, { known, channel, reading }: Drawn): string {
  const { situation, holds, phase } = planned;
  const blockers = blockersOf(situation.reboot);
  const by = blockers.length === 0 ? "pods that don't go" : `PDB ${named(blockers, 2)}`;
  const link = cardLink(known, { kind: "blocked", channel, base: blockedBase(planned) });
  const until = holds.find(({ kind }) => kind === "back-off")?.until ?? null;
  const next = until === null ? "until that changes" : `again ${soonAt(until, reading)} or when that changes`;
  return `blocked by ${by}${link} · ${phase.kind === "waiting" ? next : phase.kind}`;
}

/** What a gate reads changes with every reading; the board's own line of gates says it once. */
/** The line begins with the node's name already. */
function waitText({ situation, holds }: PlannedNode): string {
  const [first] = holds;
  if (first === undefined) return "is next";
  const says = first.kind === "gate" ? first.says.replace(/: .*$/, ".") : first.says;
  const { name } = situation.node;
  return clip(escaped(says.startsWith(`${name} `) ? says.slice(name.length + 1) : says), SAYS_MOST);
}

function progressOf({ situation, phase }: PlannedNode): string {
  if (phase.kind === "draining") return drainText(situation, phase);
  if (phase.kind === "verifying" && phase.soakingSince !== null) return ", uncordoned and watched";
  return phase.kind === "rebooting" && phase.agent.rebooting !== null ? ", the reboot was called" : "";
}

/** How many pods it had is known from the look at them that was made after its cordon. */
function drainText({ node, pool, snapshot, now }: Situation, { order, refused }: PhaseOf<"draining">): string {
  const held = refused.length === 0 ? "" : `, ${refused.length} ${refused.length === 1 ? "pod" : "pods"} refused`;
  const pods = snapshot.pods.get(node.name);
  if (pods?.order !== order) return held;
  const sieve = sieveOf({ pool }, { snapshot, now });
  const left = podsToDrain(pods.pods.values(), sieve).length;
  const check = snapshot.checks?.get(node.name);
  if (check?.order !== order || check.problem !== null) return `, ${left} ${left === 1 ? "pod" : "pods"} left${held}`;
  const all = podsToDrain(check.pods, sieve).length;
  return `, ${Math.max(0, all - left)} of ${Math.max(all, left)} pods gone${held}`;
}

/** A forecast may be older than what is shown beside it, so only one that fits is said. */
function aheadText({ situation, phase }: PlannedNode, { turn, reading }: Drawn): string {
  const found = turn.forecast().get(situation.node.name);
  if (found === undefined) return "";
  const says = phase.kind === "waiting" ? startText(found, reading) : endText(found, reading);
  return says === "" ? "" : ` · ${says}`;
}

function startText(found: Forecast, reading: Reading): string {
  if (found.kind !== "starts") return "";
  const ifApproved = found.ifApproved ? " if approved" : "";
  return found.at <= reading.now
    ? `starts soon${ifApproved}`
    : `starts about ${soonAt(found.at, reading)}${ifApproved}`;
}

/** One that takes longer than usual is always expected in a minute: a time would be wrong, and another one each time. */
function endText(found: Forecast, reading: Reading): string {
  if (found.kind === "starts") return `done about ${soonAt(found.ends, reading)}`;
  if (found.kind !== "under way") return "";
  return found.ends - reading.now < 2 * MINUTE ? "done soon" : `done about ${soonAt(found.ends, reading)}`;
}
