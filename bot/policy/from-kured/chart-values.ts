import { readArguments, readVariables, unknownChartKey, type Variable } from "./arguments.ts";
import { chartKeyOf, FLAG_NAMES, FLAGS, type FlagName } from "./flags.ts";
import { CONTROL_PLANE, placementOf } from "./placement.ts";
import type { KuredSource } from "./source.ts";
import { isTree, listAt, scalar, scalars, type Tree, textAt, treeAt } from "./tree.ts";

const BY_KEY: ReadonlyMap<string, FlagName> = new Map(FLAG_NAMES.map((name) => [chartKeyOf(name), name]));
/** Not flags, but keys of the chart all the same. */
const CHART_ONLY: readonly string[] = ["useRebootSentinelHostPath"];

/**
 * The kured that values of its chart make, as templates/daemonset.yaml of charts 5.4 to 6.1 reads them. They may stand
 * below `kured` in the values of another chart, or in a HelmRelease.
 */
export function kuredOf(document: unknown, title: string): KuredSource | null {
  const values = valuesIn(document);
  if (values === null) return null;
  const configuration = treeAt(values, "configuration");
  const extra = readArguments(extraArguments(values));
  const fromEnv = readVariables(extraVariables(values));
  return {
    name: "kured",
    title,
    version: /^v?(\d+\.\d+\.\d+)/.exec(textAt(values, "image", "tag") ?? "")?.[1] ?? null,
    args: [
      ...Object.entries(configuration).flatMap(([key, value]) => given(key, value, configuration)),
      ...extra.given,
    ],
    variables: fromEnv.given,
    unknown: [...unknownKeys(configuration), ...extra.unknown, ...fromEnv.unknown],
    placement: placementOf(withChartDefaults(values)),
    mounts: [],
    remarks: isCommandDropped(configuration) ? [DROPPED] : [],
  };
}

const DROPPED =
  "configuration.rebootSentinelCommand: the chart gives it to kured only with useRebootSentinelHostPath: false, so kured looked for the sentinel file alone";

function valuesIn(document: unknown): Tree | null {
  const places = [[], ["kured"], ["spec", "values"], ["spec", "values", "kured"], ["spec", "valuesContent"]];
  const found = places.map((path) => treeAt(document, ...path)).find(isChartValues);
  return found ?? null;
}

function isChartValues(values: Tree): boolean {
  const configuration = values["configuration"];
  if (isTree(configuration))
    return Object.keys(configuration).some((key) => BY_KEY.has(key) || CHART_ONLY.includes(key));
  return isTree(values["extraArgs"]) && readArguments(extraArguments(values)).given.length > 0;
}

/** The chart passes on what Helm's templates hold for true: not 0, false, "" and empty lists. */
const isTrue = (value: unknown): boolean => Boolean(value) && !(Array.isArray(value) && value.length === 0);

function given(
  key: string,
  value: unknown,
  configuration: Tree,
): readonly { name: FlagName; value: string; from: string }[] {
  const name = BY_KEY.get(key);
  if (name === undefined || !isTrue(value)) return [];
  if (name === "reboot-sentinel-command" && isCommandDropped(configuration)) return [];
  const from = `configuration.${key}`;
  const type = FLAGS[name].type;
  if (type === "slice" || type === "array")
    return scalars(Array.isArray(value) ? value : [value]).map((one) => ({ name, value: one, from }));
  const text = scalar(value);
  return text === null ? [] : [{ name, value: name === "force-reboot" ? "true" : text, from }];
}

const isCommandDropped = (configuration: Tree): boolean =>
  isTrue(configuration["rebootSentinelCommand"]) && configuration["useRebootSentinelHostPath"] !== false;

const unknownKeys = (configuration: Tree): readonly string[] =>
  Object.keys(configuration)
    .filter((key) => !BY_KEY.has(key) && !CHART_ONLY.includes(key))
    .map(unknownChartKey);

function extraArguments(values: Tree): readonly string[] {
  return Object.entries(treeAt(values, "extraArgs")).map(([key, value]) =>
    isTrue(value) ? `--${key}=${scalar(value) ?? ""}` : `--${key}`,
  );
}

function extraVariables(values: Tree): readonly Variable[] {
  return listAt(values, "extraEnvVars").flatMap((variable) => {
    const name = textAt(variable, "name");
    if (name === null) return [];
    return [{ name, value: isTree(treeAt(variable)["valueFrom"]) ? null : (textAt(variable, "value") ?? "") }];
  });
}

function withChartDefaults(values: Tree): Tree {
  const hasTolerations = listAt(values, "tolerations").length > 0;
  return hasTolerations ? values : { ...values, tolerations: [{ key: CONTROL_PLANE, effect: "NoSchedule" }] };
}
