import { type Draft, goodOf, goodOr, inForce, type Names, type PoolDraft } from "../draft.ts";
import { didYouMean } from "../nearest.ts";
import type { Path, Say } from "../problem.ts";
import { sayTwice } from "./people.ts";

/** Names of pools, pools that never get a node, pools and gates that can't be told apart, pools that wait for each other. */
export function checkPools(draft: Draft, say: Say): void {
  checkNames(draft, say);
  draft.pools.forEach((pool, index) => {
    checkReach(draft, pool, index, say);
    checkWindows(draft, index, say);
  });
  draft.freezes.forEach(({ pools }, index) => {
    checkReferences(draft, goodOf(pools) ?? [], ["freezes", index, "pools"], say);
  });
  checkAfter(draft, say);
}

function checkNames({ pools, gates }: Draft, say: Say): void {
  const seen = { pool: new Set<string>(), gate: new Set<string>() };
  const check = (kind: "pool" | "gate", name: string | undefined, path: Path): void => {
    if (name !== undefined && seen[kind].has(name)) say(path, `another ${kind} is named ${name}`);
    if (name !== undefined) seen[kind].add(name);
  };
  pools.forEach(({ name }, index) => {
    check("pool", goodOf(name), ["pools", index, "name"]);
  });
  gates.forEach(({ name }, index) => {
    check("gate", goodOf(name), ["gates", index, "name"]);
  });
}

/** The first pool that matches takes the node. */
function checkReach({ pools }: Draft, pool: PoolDraft, index: number, say: Say): void {
  const above = pools.slice(0, index).find((earlier) => takesAllOf(earlier, pool));
  if (above === undefined) return;
  const [own, other] = [goodOf(pool.name) ?? "it", goodOf(above.name) ?? "a pool"];
  say(["pools", index, "name"], `${own} gets no node: ${other} stands above it and takes all that it matches`);
}

function takesAllOf(earlier: PoolDraft, later: PoolDraft): boolean {
  const wanted = goodOr(earlier.nodes, { matchLabels: {} });
  const given = goodOr(later.nodes, { matchLabels: {} });
  if (wanted === undefined || given === undefined) return false;
  const labels = new Map(Object.entries(given.matchLabels));
  return Object.entries(wanted.matchLabels).every(([key, value]) => labels.get(key) === value);
}

function checkWindows(draft: Draft, index: number, say: Say): void {
  const mode = goodOr(inForce(draft, index, "mode").part, "approval");
  if (inForce(draft, index, "windows").part.is !== "absent" || mode === undefined || mode === "observe") return;
  const message = 'is missing; say always, or a list such as [{ from: "22:00", to: "01:00" }]';
  say(["pools", index, "windows"], message);
}

/** Where a pool's name is malformed nobody knows which names there are. */
function checkReferences({ pools }: Draft, names: Names, path: Path, say: Say): void {
  sayTwice(names, path, say);
  const known = pools.flatMap(({ name }) => goodOf(name) ?? []);
  if (pools.length === 0 || known.length < pools.length) return;
  names.forEach((name, index) => {
    if (name !== null && !known.includes(name))
      say([...path, index], `there is no pool ${name}${didYouMean(name, known)}`);
  });
}

interface Waiting {
  readonly after: readonly string[];
  readonly path: Path;
}

function checkAfter(draft: Draft, say: Say): void {
  const waiting = new Map<string, Waiting>();
  draft.pools.forEach((pool, index) => {
    const { part, path } = inForce(draft, index, "after");
    const after = goodOf(part) ?? [];
    const name = goodOf(pool.name);
    checkReferences(draft, after, path, say);
    if (name === undefined || waiting.has(name)) return;
    if (after.includes(name)) say([...path, after.indexOf(name)], `${name} can't wait for itself`);
    waiting.set(name, { after: after.flatMap((other) => (other === null || other === name ? [] : [other])), path });
  });
  for (const cycle of cyclesOf(waiting)) {
    const path = waiting.get(cycle[0] ?? "")?.path ?? [];
    say(path, `pools wait for each other: ${[...cycle, cycle[0]].join(" after ")}`);
  }
}

/** From the pool that a walk in the file's order meets first; a pool is named in one cycle only. */
function cyclesOf(waiting: ReadonlyMap<string, Waiting>): readonly (readonly string[])[] {
  const cycles: (readonly string[])[] = [];
  const done = new Set<string>();
  const named = new Set<string>();
  const walk = (name: string, trail: readonly string[]): void => {
    const start = trail.indexOf(name);
    const cycle = start === -1 ? [] : trail.slice(start);
    if (cycle.length > 0 && !cycle.some((one) => named.has(one))) cycles.push(cycle);
    for (const one of cycle) named.add(one);
    if (start !== -1 || done.has(name)) return;
    for (const other of waiting.get(name)?.after ?? []) walk(other, [...trail, name]);
    done.add(name);
  };
  for (const name of waiting.keys()) walk(name, []);
  return cycles;
}
