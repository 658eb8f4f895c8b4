import type { Mode } from "../../core/policy/policy.ts";
import { isIncomplete, type Kured } from "./kured.ts";
import { wholeOf } from "./kured-flags.ts";
import type { Labels } from "./label-selector.ts";
import { CONTROL_PLANE, isSame } from "./placement.ts";

export interface PoolText {
  readonly name: string;
  /** Null takes what no pool above took. */
  readonly labels: Labels | null;
  readonly labelsNote: string;
  readonly mode: Mode;
  readonly modeNote: string;
  /** How many of its nodes at once; null is the default, one. */
  readonly atOnce: number | null;
  readonly kured: Kured;
}

export interface Pools {
  readonly pools: readonly PoolText[];
  readonly problems: readonly string[];
}

/** The pool with the most labels stands first: the first that matches takes the node. */
export function poolsOf(kureds: readonly Kured[], isControlPlaneSeparate: boolean): Pools {
  const mustSplit = isControlPlaneSeparate && !kureds.some(isForControlPlane);
  const isAlone = kureds.length === 1;
  const pools = kureds
    .flatMap((kured): readonly PoolText[] => {
      const name = isAlone ? (mustSplit ? "workers" : "nodes") : nameOf(kured);
      const whole = poolOf(kured, { name, isAsked: isControlPlaneSeparate && isForControlPlane(kured) });
      return mustSplit ? [controlPlaneOf(kured, isAlone ? "control-plane" : `${name}-control-plane`), whole] : [whole];
    })
    .sort((a, b) => sizeOf(b) - sizeOf(a));
  return { pools: pools.map(withOwnName), problems: pools.flatMap(clash) };
}

const sizeOf = ({ labels }: PoolText): number => Object.keys(labels ?? {}).length;
const labelsOf = ({ source }: Kured): Labels => source.placement?.matchLabels ?? {};
const isForControlPlane = (kured: Kured): boolean => Object.hasOwn(labelsOf(kured), CONTROL_PLANE);

function poolOf(kured: Kured, { name, isAsked }: { name: string; isAsked: boolean }): PoolText {
  const labels = labelsOf(kured);
  const isAll = Object.keys(labels).length === 0;
  const concurrency = wholeOf(kured.flags, "concurrency");
  return {
    name,
    labels: isAll ? null : labels,
    labelsNote: isAll ? "every node that no pool above took" : "nodeSelector and nodeAffinity of kured",
    ...modeOf(kured, isAsked ? "approval" : "automatic"),
    atOnce: concurrency > 1 ? concurrency : null,
    kured,
  };
}

const controlPlaneOf = (kured: Kured, name: string): PoolText => ({
  name,
  labels: { [CONTROL_PLANE]: "true", ...labelsOf(kured) },
  labelsNote: 'K3s says "true"; where kubeadm made the nodes, write ""',
  ...modeOf(kured, "approval"),
  atOnce: null,
  kured,
});

function modeOf(kured: Kured, wanted: Mode): Pick<PoolText, "mode" | "modeNote"> {
  if (kured.times.kind === "never") return { mode: "observe", modeNote: `kured never rebooted: ${kured.times.why}` };
  if (isIncomplete(kured))
    return { mode: "observe", modeNote: `say ${wanted} when you have settled what could not be converted (below)` };
  if (wanted === "approval") return { mode: "approval", modeNote: "nothing happens without a yes" };
  return { mode: wanted, modeNote: "kured asked nobody" };
}

/** "gpu" for the DaemonSet kured-gpu. */
function nameOf({ source }: Kured): string {
  const name = source.name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-*(?:kured-)?-*|-+$/g, "")
    .slice(0, 40);
  return name === "" || name === "kured" ? "nodes" : name.replace(/-+$/, "");
}

function withOwnName(pool: PoolText, index: number, pools: readonly PoolText[]): PoolText {
  const before = pools.slice(0, index).filter(({ name }) => name === pool.name).length;
  return before === 0 ? pool : { ...pool, name: `${pool.name}-${before + 1}` };
}

function clash(pool: PoolText, index: number, pools: readonly PoolText[]): readonly string[] {
  const same = pools.slice(0, index).find(({ labels }) => isSame(labels ?? {}, pool.labels ?? {}));
  if (same === undefined) return [];
  const [a, b] = [same.kured.source.title, pool.kured.source.title];
  return [
    `${a} and ${b} have no nodeSelector that tells their nodes apart, so the second would get no node; give each its own, or convert them one at a time`,
  ];
}
