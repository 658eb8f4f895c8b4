import { z } from "zod";
import { at, isMapping } from "../draft.ts";
import type { Say } from "../problem.ts";
import { drainShape } from "../schema/drain.ts";
import { hooksShape } from "../schema/hooks.ts";
import { nodeLabelsShape, overdueShape, rebootShape, verifyShape } from "../schema/pool.ts";
import { mayShape } from "../schema/rights.ts";
import { shown } from "../shown.ts";

/** The keys of a pool that have keys of their own. */
const SHAPES: Readonly<Record<string, Readonly<Record<string, z.ZodType>>>> = {
  may: mayShape,
  drain: drainShape,
  hooks: hooksShape,
  reboot: rebootShape,
  verify: verifyShape,
  overdue: overdueShape,
  nodeLabels: nodeLabelsShape,
};

/** A pool's own key replaces that of `defaults` whole; what gets lost by that may not be meant. */
export function warnReplaced(tree: unknown, say: Say): void {
  const pools = at(tree, ["pools"]);
  if (!Array.isArray(pools)) return;
  for (const [key, shape] of Object.entries(SHAPES)) {
    const common = at(tree, ["defaults", key]);
    if (!isMapping(common)) continue;
    pools.forEach((pool: unknown, index) => {
      const own = at(pool, [key]);
      if (!isMapping(own)) return;
      const lost = Object.entries(shape).flatMap(([inner, schema]) => lostOf(inner, { schema, common, own }));
      if (lost.length === 0) return;
      say(["pools", index, key], `replaces defaults.${key} whole: ${lost.join("; ")}`, "warning");
    });
  }
}

interface Both {
  readonly schema: z.ZodType;
  readonly common: Readonly<Record<string, unknown>>;
  readonly own: Readonly<Record<string, unknown>>;
}

function lostOf(key: string, { schema, common, own }: Both): readonly string[] {
  if (!Object.hasOwn(common, key) || Object.hasOwn(own, key)) return [];
  const there = schema.safeParse(common[key]);
  const here = schema.safeParse(undefined);
  if (!there.success || JSON.stringify(there.data) === JSON.stringify(here.data)) return [];
  const by = at(common, [key, "by"]);
  if (typeof by === "string") return [`${key} is nobody's right here, not that of ${by}`];
  return [`${key} is ${written(usualOf(schema))} here, not ${written(common[key])}`];
}

const usualOf = (schema: z.ZodType): unknown => (schema instanceof z.ZodPrefault ? schema.def.defaultValue : undefined);

/** As in the file. */
function written(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "empty" : "that list";
  if (isMapping(value)) return Object.keys(value).length === 0 ? "empty" : "that mapping";
  return typeof value === "string" ? value : shown(value);
}
