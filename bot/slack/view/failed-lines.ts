import type { FailureCause, PhaseOf } from "../../core/fleet/phase.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { isServing, neededFor, quorumMembers } from "../../core/quorum.ts";
import type { Situation } from "../../core/situation.ts";
import { clip, escaped, nameText } from "./mrkdwn.ts";
import { at, exactlyAt, overText, type Reading } from "./times.ts";

const WHAT_MOST = 1_000;

/** Whether it is down, since when, and whether the cluster still has its quorum. */
export function secondOf({ node, pool, snapshot }: Situation, { since }: PhaseOf<"failed">, reading: Reading): string {
  const quorum = quorumText({ node, pool, snapshot });
  if (node.ready) return `It is Ready, and has counted as failed since ${at(since, reading)}.${quorum}`;
  const down = node.readyChanged ?? since;
  const over = overText(reading.now - down);
  return `It is down since ${at(down, reading)}${over === null ? "" : ` (${over})`}.${quorum}`;
}

/** Of a member of etcd or of the control plane only. */
function quorumText({ node, pool, snapshot }: Pick<Situation, "node" | "pool" | "snapshot">): string {
  const members = quorumMembers(snapshot);
  if (pool === null || pool.quorum === "none" || !members.nodes.some(({ uid }) => uid === node.uid)) return "";
  const serving = members.nodes.filter((member) => isServing(member, members)).length;
  const total = members.nodes.length;
  const what = members.isEtcd ? "etcd members" : "control-plane nodes";
  const holds = serving >= neededFor(pool, members) ? "quorum holds" : "the quorum is lost";
  return ` ${serving} of ${total} ${what} ${serving === 1 ? "is" : "are"} up: ${holds}.`;
}

/** What is known of the order and of the node, in the order in which it happened. */
export function knownText(situation: Situation, phase: PhaseOf<"failed">, reading: Reading): string {
  const { cause } = phase;
  switch (cause.kind) {
    case "did not come back":
      return [...orderTimes(situation, phase, cause, reading), "no new boot ID"].join(" · ");
    case "not healthy after reboot":
      return `it shows a new boot ID, but ${clip(escaped(cause.what), WHAT_MOST)}`;
    case "hook failed":
      return `hook ${nameText(cause.hook, 300)} (${cause.stage}): ${clip(escaped(cause.what), WHAT_MOST)}`;
    case "unreadable record":
      return `its NodeReboot can't be read: ${clip(escaped(cause.what), WHAT_MOST)}`;
    default:
      return cause satisfies never;
  }
}

function orderTimes(
  { node, report }: Situation,
  { order, notAfter }: PhaseOf<"failed">,
  { calledAt }: FailureCause & { readonly kind: "did not come back" },
  reading: Reading,
): readonly string[] {
  const progress = report?.order?.id === order ? report.order : null;
  const called = calledAt ?? progress?.rebooting ?? null;
  const isDownSince = node.ready ? null : node.readyChanged;
  return [
    ...(progress?.accepted == null ? [] : [`order accepted ${exactlyAt(progress.accepted, reading)}`]),
    called === null
      ? `no reboot call was seen; the order is good until ${at(notAfter, reading)}`
      : `reboot called ${exactlyAt(called, reading)}`,
    ...(isDownSince === null ? [] : [`NotReady ${exactlyAt(isDownSince, reading)}`]),
  ];
}

export function heldText({ maxRebooting }: Policy, { freed }: PhaseOf<"failed">): string {
  if (freed) return "it serves, and its slot is free: other nodes go on.";
  const others =
    maxRebooting === 1
      ? "so no other node is started"
      : `1 of ${maxRebooting}; other nodes go on in the ${maxRebooting === 2 ? "other one" : "others"}`;
  return `it keeps the slot, ${others}. Nothing else was cordoned for it.`;
}

export function todoText({ cause }: PhaseOf<"failed">): string {
  switch (cause.kind) {
    case "did not come back":
      return "look at its console or power. If it returns, I verify and uncordon it by myself.";
    case "not healthy after reboot":
      return "look at what it lacks. As soon as it is well, I uncordon it by myself.";
    case "hook failed":
      return cause.stage === "afterReboot"
        ? "look at what the hook wrote. It runs once an order: reply release when the node is well."
        : "look at what the hook wrote. Then reply retry, or release to leave the node alone.";
    case "unreadable record":
      return "look at its NodeReboot with kubectl and mend it. Until then nothing is touched.";
    default:
      return cause satisfies never;
  }
}
