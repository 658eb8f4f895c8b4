import { isGiven, isOn, type KuredFlags, listOf, textOf } from "./kured-flags.ts";
import { type Labels, labelSets, parseSelector } from "./label-selector.ts";

/** A gate of the policy, with what to say beside it. */
export type WrittenGate =
  | { readonly kind: "pods"; readonly name: string; readonly labels: Labels; readonly note: string }
  | { readonly kind: "query"; readonly name: string; readonly query: string; readonly note: string };

export interface Gates {
  readonly gates: readonly WrittenGate[];
  /** A gate of kured's that is missing here: the policy would reboot where kured waited. */
  readonly missing: readonly string[];
}

export function gatesOf(flags: KuredFlags): Gates {
  const pods = podGates(flags);
  return { gates: [...alertGates(flags), ...pods.gates], missing: pods.missing };
}

/** kured waited while a pod on its node had one of the selectors, in any namespace. */
function podGates(flags: KuredFlags): Gates {
  const gates: WrittenGate[] = [];
  const missing: string[] = [];
  for (const selector of listOf(flags, "blocking-pod-selector")) {
    const conditions = parseSelector(selector);
    const sets = conditions === null || conditions.length === 0 ? null : labelSets(conditions);
    const note = "--blocking-pod-selector";
    if (sets === null) missing.push(selector);
    else
      gates.push(
        ...sets.map((labels) => ({ kind: "pods", name: `no pod with ${inWords(labels)}`, labels, note }) as const),
      );
  }
  return { gates: gates.filter(({ name }, index) => gates.findIndex((gate) => gate.name === name) === index), missing };
}

const inWords = (labels: Labels): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(" and ");

/**
 * kured waited for every alert whose name the regular expression doesn't match, or with --alert-filter-match-only for
 * every one that it does match.
 */
function alertGates(flags: KuredFlags): readonly WrittenGate[] {
  if (!isGiven(flags, "prometheus-url") || textOf(flags, "prometheus-url") === "") return [];
  const pattern = textOf(flags, "alert-filter-regexp");
  const isFiringOnly = isOn(flags, "alert-firing-only");
  const isMatchOnly = isOn(flags, "alert-filter-match-only") && pattern !== "";
  const note = pattern === "" ? "--prometheus-url" : "--prometheus-url, --alert-filter-regexp";
  return [{ kind: "query", name: "no alerts", query: queryFor(pattern, { isMatchOnly, isFiringOnly }), note }];
}

/** ^(Watchdog|InfoInhibitor)$ and ^Watchdog$|^InfoInhibitor$; null for what is no list of whole names. */
export function plainNames(pattern: string): readonly string[] | null {
  if (pattern === "") return [];
  const inner = /^\^\((?:\?:)?([^()]*)\)\$$/.exec(pattern)?.[1];
  const parts = inner?.split("|") ?? pattern.split("|").map((part) => /^\^(.*)\$$/.exec(part)?.[1] ?? "");
  return parts.every((part) => /^[A-Za-z_:][A-Za-z0-9_:-]*$/.test(part)) ? parts : null;
}

interface AlertRule {
  readonly isMatchOnly: boolean;
  readonly isFiringOnly: boolean;
}

/** Prometheus' own matcher is anchored at both ends, kured's is not. */
function queryFor(pattern: string, { isMatchOnly, isFiringOnly }: AlertRule): string {
  const names = plainNames(pattern);
  const value = names === null ? `.*(?:${pattern}).*` : names.join("|");
  const name = pattern === "" ? "" : `alertname${isMatchOnly ? "=~" : "!~"}${JSON.stringify(value)}`;
  const matchers = [name, isFiringOnly ? 'alertstate="firing"' : ""].filter((matcher) => matcher !== "");
  return matchers.length === 0 ? "absent(ALERTS)" : `absent(ALERTS{${matchers.join(",")}})`;
}
