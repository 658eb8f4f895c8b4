import { distance } from "fastest-levenshtein";

/** Keys of the final format that this version does not act on: refusing them is better than seeming to obey them. */
const LATER: readonly RegExp[] = [
  /^(freezes|gates|defaults)$/,
  /^slack\.(mention|approvers)$/,
  /^groups\.[^.]+\.(slackGroups|kubernetesGroups)$/,
  /^pools\[\d+\]\.(after|quorum|slack|maxUnavailable|spreadOver|hooks|overdue|nodeLabels|discourageScheduling)$/,
  /^pools\[\d+\]\.may\.now$/,
  /^pools\[\d+\]\.windows\[\d+\]\.(days|for)$/,
  /^pools\[\d+\]\.drain\.(forceAfter|whenWindowCloses|moveByRollout|emptyDir|unmanaged|gracePeriod|ignoreTerminatingAfter|pods)$/,
];

/** The keys that each object may have, by the shape of its path. */
const ALLOWED: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^$/, ["apiVersion", "kind", "cluster", "timeZone", "maxRebooting", "people", "groups", "slack", "pools"]],
  [/^people\.[^.]+$/, ["slack", "kubernetes"]],
  [/^groups\.[^.]+$/, ["people"]],
  [/^slack$/, ["channel"]],
  [/^pools\[\d+\]$/, ["name", "nodes", "mode", "windows", "may", "drain", "reboot", "verify"]],
  [/^pools\[\d+\]\.nodes$/, ["matchLabels"]],
  [/^pools\[\d+\]\.windows\[\d+\]$/, ["from", "to"]],
  [/^pools\[\d+\]\.may$/, ["approve", "force", "skip", "other"]],
  [/^pools\[\d+\]\.may\.approve$/, ["by", "people", "validFor"]],
  [/^pools\[\d+\]\.may\.force$/, ["by", "people", "validFor"]],
  [/^pools\[\d+\]\.may\.skip$/, ["by", "upTo"]],
  [/^pools\[\d+\]\.may\.other$/, ["by"]],
  [/^pools\[\d+\]\.drain$/, ["giveUpAfter", "retryAfter"]],
  [/^pools\[\d+\]\.reboot$/, ["delay", "backWithin"]],
  [/^pools\[\d+\]\.verify$/, ["soak", "atMost"]],
];

const CLOSE = 3;

/** What to say of a key that the schema doesn't know. `parent` is the formatted path of the object that it stands in. */
export function unknownKey(parent: string, key: string): string {
  const path = parent === "" ? key : `${parent}.${key}`;
  if (LATER.some((pattern) => pattern.test(path)))
    return "is a key of the policy that this version does not act on yet; remove it";
  const allowed = ALLOWED.find(([pattern]) => pattern.test(parent))?.[1] ?? [];
  const [nearest] = [...allowed].sort((a, b) => distance(a, key) - distance(b, key));
  const hint = nearest !== undefined && distance(nearest, key) <= CLOSE ? `; did you mean ${nearest}?` : "";
  return `unknown key; allowed are ${allowed.join(", ")}${hint}`;
}

/** The nearest of `names`, as a question; empty when none is close. */
export function didYouMean(name: string, names: readonly string[]): string {
  const [nearest] = [...names].sort((a, b) => distance(a, name) - distance(b, name));
  return nearest !== undefined && distance(nearest, name) <= CLOSE ? ` Did you mean ${nearest}?` : "";
}
