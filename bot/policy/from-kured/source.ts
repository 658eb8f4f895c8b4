import type { Given } from "./arguments.ts";
import type { Labels } from "./label-selector.ts";

/** One kured: a DaemonSet, a values file or a list of flags. */
export interface KuredSource {
  /** For the pool: "kured-gpu". */
  readonly name: string;
  /** For people: "DaemonSet kube-system/kured". */
  readonly title: string;
  /** "1.15.1"; null when the image doesn't say. */
  readonly version: string | null;
  readonly args: readonly Given[];
  readonly variables: readonly Given[];
  /** Of its flags and keys: a sentence for each that nobody knows. */
  readonly unknown: readonly string[];
  /** On which nodes it runs; null when that was not to be seen. */
  readonly placement: Placement | null;
  readonly mounts: readonly Mount[];
  readonly remarks: readonly string[];
}

export interface Placement {
  readonly matchLabels: Labels;
  /** Node affinity that a pool's labels can't say. */
  readonly hasMore: boolean;
  readonly toleratesControlPlane: boolean;
}

/** A folder of the host as kured sees it. */
export interface Mount {
  readonly inside: string;
  readonly onHost: string;
}

/** The chart and kured's own manifests mount the host's /var/run there. */
export const USUAL_MOUNTS: readonly Mount[] = [{ inside: "/sentinel", onHost: "/var/run" }];

/** What `path` is called on the host; null when it is in none of the folders. */
export function hostPath(path: string, mounts: readonly Mount[]): string | null {
  const mount = mounts.find(({ inside }) => path.startsWith(`${inside.replace(/\/$/, "")}/`));
  if (mount === undefined) return null;
  const rest = path.slice(mount.inside.replace(/\/$/, "").length);
  return `${mount.onHost.replace(/\/$/, "")}${rest}`;
}
