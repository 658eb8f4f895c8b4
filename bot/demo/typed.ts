import type { Verb } from "../core/fleet/decision.ts";
import { parseInstant } from "../core/instant.ts";

/** What was typed at the demo's prompt. */
export type Typed =
  | {
      readonly kind: "decide";
      readonly verb: Verb;
      readonly node: string;
      readonly reason: string | null;
      readonly until: number | null;
    }
  | { readonly kind: "wait" }
  | { readonly kind: "merge" }
  | { readonly kind: "scale"; readonly replicas: number }
  | { readonly kind: "quit" }
  | { readonly kind: "wrong"; readonly says: string };

const HELP = [
  "approve NODE              yes to a node that needs approval",
  "force NODE REASON         past the disruption budget that blocks it",
  "skip NODE HOURS           leave it alone for so many hours",
  "retry NODE                try again now",
  "move NODE                 restart the Deployment that blocks it, so that its pod comes up elsewhere first",
  "scale N                   give the web deployment N replicas, as kubectl would",
  "merge                     the pull request that waits",
  "wait                      let time go on",
  "quit",
].map((line) => `  ${line}`);

export function parseTyped(line: string, nodes: readonly string[], now: number): Typed {
  const [word = "", name = "", ...rest] = line.trim().split(/\s+/);
  if (word === "" || word === "wait") return { kind: "wait" };
  if (word === "merge") return { kind: "merge" };
  if (word === "quit" || word === "exit") return { kind: "quit" };
  if (word === "scale") return scaled(name);
  if (!isVerb(word)) return { kind: "wrong", says: `There is no "${word}". What you can type:\n${HELP.join("\n")}` };
  const node = nodes.find((one) => one === name) ?? nodes.find((one) => name !== "" && one.endsWith(name));
  if (node === undefined) return { kind: "wrong", says: `Say which node: ${nodes.join(", ")}.` };
  return decided(word, node, rest, now);
}

const isVerb = (word: string): word is Verb => ["approve", "force", "skip", "retry", "move"].includes(word);

function scaled(text: string): Typed {
  const replicas = Number(text);
  if (!Number.isInteger(replicas) || replicas < 1 || replicas > 9)
    return { kind: "wrong", says: "Say how many: scale 2." };
  return { kind: "scale", replicas };
}

function decided(verb: Verb, node: string, rest: readonly string[], now: number): Typed {
  const reason = rest.length === 0 ? null : rest.join(" ");
  if (verb === "force" && reason === null) return { kind: "wrong", says: `Say why: force ${node} REASON.` };
  if (verb !== "skip") return { kind: "decide", verb, node, reason, until: null };
  const hours = Number(rest[0] ?? "");
  const until = Number.isFinite(hours) && hours > 0 ? now + hours * 3_600_000 : parseInstant(rest[0]);
  if (until === null) return { kind: "wrong", says: `Say for how long: skip ${node} 12 (hours).` };
  return { kind: "decide", verb, node, reason: null, until };
}
