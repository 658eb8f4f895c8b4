import { z } from "zod";
import type { Path } from "./problem.ts";
import { freezeShape } from "./schema/freeze.ts";
import { gateShape } from "./schema/gates.ts";
import { mentionShape, personShape, slackShape, slackUser } from "./schema/people.ts";
import { policyShape } from "./schema/policy.ts";
import { poolKeys, poolShape } from "./schema/pool.ts";
import type { mayShape } from "./schema/rights.ts";
import { count, name } from "./schema/scalars.ts";

/** One part of a policy that may have problems elsewhere. */
export type Part<T> =
  | { readonly is: "absent" }
  | { readonly is: "malformed" }
  | { readonly is: "good"; readonly value: T };

type Shape = Readonly<Record<string, z.ZodType>>;

/** Each key on its own, so that a malformed one leaves the others usable. */
export type Parts<S extends Shape> = { readonly [K in keyof S]: Part<NonNullable<z.output<S[K]>>> };

/** Null stands for a malformed item, which leaves the others usable. */
export type Names = readonly (string | null)[];
const listOf = (item: z.ZodType<string>) => z.array(item.nullable().catch(null));

const groupParts = { people: listOf(name()), slackGroups: listOf(z.string()), kubernetesGroups: listOf(z.string()) };
const freezeParts = { ...freezeShape, pools: listOf(name()) };
const slackParts = { ...slackShape, approvers: listOf(slackUser()) };
const keyParts = { ...poolKeys, after: listOf(name()) };
const poolParts = { ...poolShape, ...keyParts };
const rightParts = { by: name(), people: count() };

export type Right = Parts<typeof rightParts>;
export type Verb = keyof typeof mayShape;
export type Rights = ReadonlyMap<Verb, Part<Right>>;

/** A pool's keys, or those of `defaults`; `rights` is its `may`, right by right. */
export type KeysDraft = Parts<typeof keyParts> & { readonly rights: Part<Rights> };
export type PoolDraft = Parts<typeof poolParts> & KeysDraft;

/** What of a policy is well-formed, for the checks that look at more than one key. */
export interface Draft {
  readonly timeZone: Part<string>;
  readonly people: Part<ReadonlyMap<string, Parts<typeof personShape>>>;
  readonly groups: Part<ReadonlyMap<string, Parts<typeof groupParts>>>;
  readonly slack: Parts<typeof slackParts>;
  readonly mention: Parts<typeof mentionShape>;
  readonly freezes: readonly Parts<typeof freezeParts>[];
  readonly gates: readonly Parts<typeof gateShape>[];
  readonly defaults: KeysDraft;
  readonly pools: readonly PoolDraft[];
}

const ABSENT = { is: "absent" } as const;
const MALFORMED = { is: "malformed" } as const;

export function draftOf(tree: unknown): Draft {
  const { timeZone } = partsOf({ timeZone: policyShape.timeZone }, tree);
  return {
    timeZone,
    people: entriesOf(at(tree, ["people"]), (value) => partsOf(personShape, value)),
    groups: entriesOf(at(tree, ["groups"]), (value) => partsOf(groupParts, value)),
    slack: partsOf(slackParts, at(tree, ["slack"])),
    mention: partsOf(mentionShape, at(tree, ["slack", "mention"])),
    freezes: itemsOf(at(tree, ["freezes"])).map((value) => partsOf(freezeParts, value)),
    gates: itemsOf(at(tree, ["gates"])).map((value) => partsOf(gateShape, value)),
    defaults: { ...partsOf(keyParts, at(tree, ["defaults"])), rights: rightsOf(at(tree, ["defaults"])) },
    pools: itemsOf(at(tree, ["pools"])).map((value) => ({ ...partsOf(poolParts, value), rights: rightsOf(value) })),
  };
}

/** What the file says there; undefined where it says nothing. */
export function at(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof key === "number") return Array.isArray(value) ? value[key] : undefined;
    return isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }, tree);
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function partsOf<S extends Shape>(shape: S, value: unknown): Parts<S> {
  const parts = Object.entries(shape).map(([key, schema]) => [key, partOf(schema, value, key)] as const);
  return Object.fromEntries(parts) as Parts<S>;
}

function partOf(schema: z.ZodType, holder: unknown, key: string): Part<unknown> {
  if (holder === undefined) return ABSENT;
  if (!isMapping(holder)) return MALFORMED;
  if (!Object.hasOwn(holder, key)) return ABSENT;
  const parsed = schema.safeParse(holder[key]);
  return parsed.success ? { is: "good", value: parsed.data } : MALFORMED;
}

function rightsOf(holder: unknown): Part<Rights> {
  if (holder === undefined) return ABSENT;
  if (!isMapping(holder)) return MALFORMED;
  if (!Object.hasOwn(holder, "may")) return ABSENT;
  const may = holder["may"];
  if (!isMapping(may)) return MALFORMED;
  return { is: "good", value: new Map(VERBS.map((verb) => [verb, rightOf(may, verb)])) };
}

const VERBS: readonly Verb[] = ["approve", "now", "force", "skip", "other"];

function rightOf(may: Readonly<Record<string, unknown>>, verb: Verb): Part<Right> {
  if (!Object.hasOwn(may, verb)) return ABSENT;
  return isMapping(may[verb]) ? { is: "good", value: partsOf(rightParts, may[verb]) } : MALFORMED;
}

function entriesOf<T>(value: unknown, read: (value: unknown) => T): Part<ReadonlyMap<string, T>> {
  if (value === undefined) return ABSENT;
  if (!isMapping(value)) return MALFORMED;
  return { is: "good", value: new Map(Object.entries(value).map(([key, inner]) => [key, read(inner)])) };
}

const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A pool's own key or that of `defaults`, and where it stands. */
export function inForce<K extends keyof KeysDraft>(
  draft: Draft,
  index: number,
  key: K,
): { readonly part: KeysDraft[K]; readonly path: Path } {
  const pool: KeysDraft | undefined = draft.pools[index];
  const written = key === "rights" ? "may" : key;
  const isOwn = pool !== undefined && pool[key].is !== "absent";
  if (isOwn) return { part: pool[key], path: ["pools", index, written] };
  const isCommon = draft.defaults[key].is !== "absent";
  return { part: draft.defaults[key], path: isCommon ? ["defaults", written] : ["pools", index, written] };
}

/** The value, where it is well-formed. */
export const goodOf = <T>(part: Part<T>): T | undefined => (part.is === "good" ? part.value : undefined);

/** The value, or what counts without the key; undefined where it is malformed, so that nobody knows. */
export const goodOr = <T, U>(part: Part<T>, usual: U): T | U | undefined =>
  part.is === "absent" ? usual : goodOf(part);
