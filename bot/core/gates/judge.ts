import type { Alert, GateAnswer, GateReading } from "../fleet/gate.ts";
import type { Node } from "../fleet/node.ts";
import type { Snapshot } from "../fleet/snapshot.ts";
import { type Instant, wallClock } from "../instant.ts";
import { listed } from "../listed.ts";
import type { AskedGate, Gate, Policy } from "../policy/policy.ts";

/** `unread`: nothing was read of it lately. */
export type GateState = "green" | "red" | "unreachable" | "unread";

/** What a gate of the whole cluster comes to now. */
export interface JudgedGate {
  readonly gate: AskedGate;
  readonly state: GateState;
  /** What was read, with value and threshold, as the end of a sentence. */
  readonly says: string;
  /** The earlier of two readings in a row that were both green: only then it is open. Null for any other. */
  readonly openSince: Instant | null;
}

/** Tells a gate from what it was before the policy changed. */
export const gateKey = (gate: Gate): string => JSON.stringify(gate);

const isAsked = (gate: Gate): gate is AskedGate => gate.kind !== "pods";

/**
 * Every gate that is the same for all nodes, in the order of the policy. `taken` are nodes that are held by us: what is said
 * of them is no news. Where nothing is read, what is on record stands.
 */
export function judgeGates(
  snapshot: Snapshot,
  policy: Policy | undefined,
  taken: readonly Node[],
  now: Instant,
): readonly JudgedGate[] {
  const gates = policy?.gates.filter(isAsked) ?? [];
  const { gates: readings } = snapshot;
  if (readings === null) return gates.map((gate) => onRecord(gate, snapshot, policy, now));
  const valid = snapshot.timings.gateValid;
  return gates.map((gate) => {
    const fresh = (readings.get(gateKey(gate)) ?? []).filter(({ at }) => now - at < valid);
    return judge(gate, fresh, taken);
  });
}

function judge(gate: AskedGate, readings: readonly GateReading[], taken: readonly Node[]): JudgedGate {
  const [newest, before] = readings;
  if (newest === undefined) return { gate, state: "unread", says: "it is being read", openSince: null };
  const { state, says } = meaningOf(newest.answer, taken);
  const isOpen = state === "green" && before !== undefined && meaningOf(before.answer, taken).state === "green";
  return { gate, state, says, openSince: isOpen ? before.at : null };
}

function onRecord(gate: AskedGate, { fleet }: Snapshot, policy: Policy | undefined, now: Instant): JudgedGate {
  const known = fleet?.gates.find(({ name }) => name === gate.name);
  if (known === undefined) return { gate, state: "green", says: "it was never read", openSince: 0 };
  const since = wallClock(known.since, policy?.timeZone ?? "utc", now);
  const { state } = known;
  return { gate, state, says: `${known.says}, ${state} since ${since}`, openSince: state === "green" ? 0 : null };
}

interface Meaning {
  readonly state: "green" | "red" | "unreachable";
  readonly says: string;
}

function meaningOf(answer: GateAnswer, taken: readonly Node[]): Meaning {
  switch (answer.kind) {
    case "alerts":
      return ofAlerts(answer.alerts, taken);
    case "query": {
      const { holds, value, threshold } = answer.query;
      const must = threshold === null ? "" : ` and must be ${threshold}`;
      const shown = value === null ? (holds ? "it holds" : "its answer is empty") : `it is ${value}${must}`;
      return { state: holds ? "green" : "red", says: shown };
    }
    case "unreachable":
      return { state: "unreachable", says: answer.why };
    default:
      return answer satisfies never;
  }
}

function ofAlerts(alerts: readonly Alert[], taken: readonly Node[]): Meaning {
  const counted = alerts.filter((alert) => !isOurs(alert) && !taken.some((node) => isAbout(alert, node)));
  if (counted.length === 0) return { state: "green", says: "no such alert fires" };
  const names = [...new Set(counted.map(alertText))];
  return {
    state: "red",
    says: `${counted.length === 1 ? "1 alert fires" : `${counted.length} alerts fire`}: ${listed(names)}`,
  };
}

/** The alert rules that come with Bootswain: what they say is what it says itself. */
const isOurs = ({ labels }: Alert): boolean => (labels["alertname"] ?? "").startsWith("Bootswain");

/** Labels by which exporters name the node that they speak of; `instance` is mostly an address with a port. */
const NODE_LABELS = ["node", "nodename", "kubernetes_node", "hostname", "host", "instance"] as const;

function isAbout({ labels }: Alert, { name, addresses }: Node): boolean {
  const names = [name, ...addresses];
  return NODE_LABELS.some((key) => {
    const value = labels[key] ?? "";
    return names.includes(value) || names.includes(withoutPort(value));
  });
}

/** "10.0.0.5:9100", "[fd00::5]:9100" or "db.example.com:9100" without the port; a bare IPv6 address has none. */
function withoutPort(value: string): string {
  const [, inBrackets, host = inBrackets ?? value] = /^(?:\[([^\]]+)\]|([^:]+)):\d+$/.exec(value) ?? [];
  return host;
}

function alertText({ labels }: Alert): string {
  const name = labels["alertname"] ?? "an alert without a name";
  const where = NODE_LABELS.map((key) => labels[key]).find((value) => value !== undefined);
  return where === undefined ? name : `${name} (${where})`;
}
