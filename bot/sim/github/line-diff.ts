import { type Entry, entrySha, type Tree } from "./git-objects.ts";

/** A row of a pull request's files, as GitHub lists it. */
export interface FileChange {
  readonly sha: string | null;
  readonly filename: string;
  readonly status: "added" | "modified" | "removed" | "renamed";
  readonly previous_filename?: string;
  readonly additions: number;
  readonly deletions: number;
  readonly changes: number;
  /** Absent where there are no lines: links, submodules, renames without a change. */
  readonly patch?: string;
}

const CONTEXT = 3;

/** By path; a file that went and came with the same content elsewhere was renamed. */
export function diffOf(before: Tree, after: Tree): readonly FileChange[] {
  const gone = new Map([...before].filter(([path]) => !after.has(path)));
  const changes: FileChange[] = [];
  for (const [path, entry] of after) {
    const old = before.get(path);
    if (old !== undefined && entrySha(old) === entrySha(entry)) continue;
    const source = old === undefined ? [...gone].find(([, one]) => entrySha(one) === entrySha(entry))?.[0] : undefined;
    if (source === undefined) {
      changes.push(changeOf(path, old ?? null, entry));
    } else {
      gone.delete(source);
      const sha = entrySha(entry);
      const none = { additions: 0, deletions: 0, changes: 0 };
      changes.push({ sha, filename: path, status: "renamed", previous_filename: source, ...none });
    }
  }
  for (const [path, entry] of gone) changes.push(changeOf(path, entry, null));
  return changes.sort((one, other) => (one.filename < other.filename ? -1 : 1));
}

function changeOf(filename: string, before: Entry | null, after: Entry | null): FileChange {
  const status = before === null ? "added" : after === null ? "removed" : "modified";
  const kept = after ?? before;
  const { patch, additions, deletions } = hunkOf(linesOf(before), linesOf(after));
  const numbers = { additions, deletions, changes: additions + deletions };
  const sha = kept === null ? null : entrySha(kept);
  return { sha, filename, status, ...numbers, ...(patch === "" ? {} : { patch }) };
}

function linesOf(entry: Entry | null): readonly string[] {
  if (entry?.kind !== "file") return [];
  const lines = entry.content.toString("utf8").split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

/** One hunk from the first to the last line that differs; git would make more of them, with fewer lines. */
function hunkOf(before: readonly string[], after: readonly string[]) {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const removed = before.slice(head, before.length - tail);
  const added = after.slice(head, after.length - tail);
  if (removed.length + added.length === 0) return { patch: "", additions: 0, deletions: 0 };
  const lead = before.slice(Math.max(0, head - CONTEXT), head);
  const trail = before.slice(before.length - tail, before.length - tail + CONTEXT);
  const rows = [
    ...lead.map((line) => ` ${line}`),
    ...removed.map((line) => `-${line}`),
    ...added.map((line) => `+${line}`),
    ...trail.map((line) => ` ${line}`),
  ];
  const from = head - lead.length;
  const context = lead.length + trail.length;
  const title = `@@ -${range(from, removed.length + context)} +${range(from, added.length + context)} @@`;
  return { patch: [title, ...rows].join("\n"), additions: added.length, deletions: removed.length };
}

function range(from: number, length: number): string {
  return length === 0 ? "0,0" : `${from + 1},${length}`;
}
