import type { Turn } from "../../coordinator/coordinator.ts";
import type { ConditionType, Observation } from "../../core/fleet/condition.ts";
import { subjectOf } from "../../core/policy/origin.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { underPolicy } from "../../core/policy/under-policy.ts";
import { versionLinks } from "./links.ts";
import { clip, escaped, listed } from "./mrkdwn.ts";
import { at, type Reading } from "./times.ts";

const SAYS_MOST = 300;

/** What the bot stands on: those that are known to be well in one breath, then what is not, each with its sentence. */
export function footText(turn: Turn, policy: Policy, reading: Reading): string {
  const slack = conditionOf(turn, "SlackConnected");
  const pulls = conditionOf(turn, "PullRequestsAnswered");
  const fine = [...(slack?.isTrue === true ? ["Slack"] : []), ...gitFine(turn, policy), ...gatesFine(turn)];
  return [
    policyText(turn, policy, reading),
    ...(fine.length === 0 ? [] : [`${fine.join(", ")} fine`]),
    ...(slack?.isTrue === false ? [says("Slack", slack)] : []),
    ...(pulls?.isTrue === false ? [says("Pull requests", pulls)] : []),
    ...gatesLost(turn),
    ...admissionText(turn),
  ].join(" · ");
}

/** As it is now, else as it is on record. */
function conditionOf({ snapshot }: Turn, type: ConditionType): Observation | null {
  const all = [...snapshot.observations, ...(snapshot.fleet?.conditions ?? [])];
  return all.find((one) => one.type === type) ?? null;
}

const says = (what: string, { says: why }: Observation): string => `⚠ ${what}: ${clip(escaped(why), SAYS_MOST)}`;

function admissionText(turn: Turn): readonly string[] {
  const missing = conditionOf(turn, "AdmissionMissing");
  return missing?.isTrue === true ? [says("Decisions", missing)] : [];
}

/** A policy from a plain file has no commit, and no Git behind it. */
const gitFine = ({ policyStatus }: Turn, { commit }: Policy): readonly string[] =>
  commit !== null && policyStatus?.valid === true ? ["Git"] : [];

const SERVERS = { alerts: "Alertmanager", query: "Prometheus" } as const;

function serversOf({ plan }: Turn, isWanted: (state: string) => boolean): ReadonlySet<string> {
  return new Set(plan.gates.filter(({ state }) => isWanted(state)).map(({ gate }) => SERVERS[gate.kind]));
}

function gatesFine(turn: Turn): readonly string[] {
  const lost = serversOf(turn, (state) => state === "unreachable");
  const answered = serversOf(turn, (state) => state === "green" || state === "red");
  return [...answered].filter((server) => !lost.has(server));
}

const gatesLost = (turn: Turn): readonly string[] =>
  [...serversOf(turn, (state) => state === "unreachable")].map((server) => `⚠ ${server} does not answer`);

function policyText({ policyStatus }: Turn, policy: Policy, reading: Reading): string {
  const subject = subjectOf(policy);
  const quoted = subject === null ? "" : ` "${clip(escaped(subject), SAYS_MOST)}"`;
  const version = versionLinks(underPolicy(policy), policy, quoted) ?? "from a file";
  if (policyStatus === null || policyStatus.valid) return `Policy ${version}`;
  const problems = policyStatus.problems.map((problem) => clip(escaped(problem), SAYS_MOST));
  const since = at(policyStatus.since, reading);
  return `Policy ${version} stays in force. Nothing newer is used since ${since}: ${listed(problems, 3)}`;
}
