import { type Given, readArguments, readVariables, type Variable } from "./arguments.ts";
import { splitWords } from "./flag-text.ts";
import { FLAG_NAMES } from "./flags.ts";
import { placementOf } from "./placement.ts";
import type { KuredSource, Mount } from "./source.ts";
import { isTree, listAt, scalars, type Tree, textAt, treeAt } from "./tree.ts";

/** The kured in a manifest: a DaemonSet, or whatever else has a pod's template. */
export function kuredIn(manifest: unknown): KuredSource | null {
  if (!isTree(manifest)) return null;
  const spec = podSpecOf(manifest);
  const container = listAt(spec, "containers").filter(isTree).find(isKured);
  if (container === undefined) return null;
  const name = textAt(manifest, "metadata", "name") ?? "kured";
  const namespace = textAt(manifest, "metadata", "namespace");
  const variables = variablesOf(container);
  const args = readArguments(argumentsOf(container).map((arg) => withVariables(arg, variables)));
  const fromEnv = readVariables(variables);
  const hasEnvFrom = listAt(container, "envFrom").length > 0;
  return {
    name,
    title: `${textAt(manifest, "kind") ?? "container"} ${namespace === null ? "" : `${namespace}/`}${name}`,
    version: versionOf(textAt(container, "image") ?? ""),
    args: args.given,
    variables: withoutNodeId(fromEnv.given),
    unknown: [...args.unknown, ...fromEnv.unknown],
    placement: placementOf(spec),
    mounts: mountsOf(spec, container),
    remarks: hasEnvFrom ? ["envFrom may set KURED_ variables that can't be seen here; look them up"] : [],
  };
}

/** A manifest, a pod, or the piece of a manifest that a patch consists of. */
function podSpecOf(manifest: Tree): Tree {
  const template = treeAt(manifest, "spec", "template", "spec");
  if (listAt(template, "containers").length > 0) return template;
  const pod = treeAt(manifest, "spec");
  if (listAt(pod, "containers").length > 0) return pod;
  const isContainer = Array.isArray(manifest["args"]) || Array.isArray(manifest["command"]);
  return isContainer ? { containers: [manifest] } : manifest;
}

function isKured(container: Tree): boolean {
  const image = /(?:^|\/)kured(?::|@|$)/.test(textAt(container, "image") ?? "");
  if (image || textAt(container, "name") === "kured") return true;
  return argumentsOf(container, false).some((arg) => isProgram(arg) || isKuredsOwn(arg));
}

const isProgram = (arg: string): boolean => /(?:^|\/)kured$/.test(arg);
/** Flags that other programs have as well prove nothing. */
const NOT_ITS_OWN: readonly string[] = [
  "concurrency",
  "log-format",
  "metrics-host",
  "metrics-port",
  "period",
  "time-zone",
];
const isKuredsOwn = (arg: string): boolean =>
  FLAG_NAMES.some((name) => !NOT_ITS_OWN.includes(name) && (arg === `--${name}` || arg.startsWith(`--${name}=`)));

/** Its command line without the program itself; `sh -c "kured …"` is taken apart. */
function argumentsOf(container: Tree, withoutProgram = true): readonly string[] {
  const words = scalars([...listAt(container, "command"), ...listAt(container, "args")]);
  const script = /(?:^|\/)(?:ba|da|a)?sh$/.test(words[0] ?? "") && words[1] === "-c" ? words[2] : undefined;
  const line = script === undefined ? words : splitWords(script).filter((word) => word !== "exec");
  return withoutProgram && line[0] !== undefined && !line[0].startsWith("-") ? line.slice(1) : line;
}

function variablesOf(container: Tree): readonly Variable[] {
  return listAt(container, "env").flatMap((variable) => {
    const name = textAt(variable, "name");
    if (name === null) return [];
    const isElsewhere = isTree(variable) && isTree(variable["valueFrom"]);
    return [{ name, value: isElsewhere ? null : (textAt(variable, "value") ?? "") }];
  });
}

const withoutNodeId = (given: readonly Given[]): readonly Given[] => given.filter(({ name }) => name !== "node-id");

/** Kubernetes puts the container's variables in place of $(NAME). */
const withVariables = (arg: string, variables: readonly Variable[]): string =>
  arg.replace(/\$\(([A-Za-z_][A-Za-z0-9_]*)\)/g, (written, name: string) => {
    return variables.find((variable) => variable.name === name)?.value ?? written;
  });

const versionOf = (image: string): string | null => /:v?(\d+\.\d+\.\d+)/.exec(image)?.[1] ?? null;

function mountsOf(spec: Tree, container: Tree): readonly Mount[] {
  const folders = new Map(
    listAt(spec, "volumes").map((volume) => [textAt(volume, "name"), textAt(volume, "hostPath", "path")]),
  );
  return listAt(container, "volumeMounts").flatMap((mount) => {
    const inside = textAt(mount, "mountPath");
    const onHost = folders.get(textAt(mount, "name"));
    return inside === null || onHost === null || onHost === undefined ? [] : [{ inside, onHost }];
  });
}
