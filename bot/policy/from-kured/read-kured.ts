import { kuredOf } from "./chart-values.ts";
import { readDocuments } from "./documents.ts";
import { isFlagText, readFlagText } from "./flag-text.ts";
import type { KuredSource } from "./source.ts";
import { isTree, textAt } from "./tree.ts";
import { kuredIn } from "./workload.ts";

export type ReadKured =
  | { readonly ok: true; readonly sources: readonly KuredSource[] }
  | { readonly ok: false; readonly problems: readonly string[] };

export const MOST_BYTES = 1024 * 1024;

const LOOKED_FOR =
  "looked for a DaemonSet whose container is kured, for values of the kured chart (configuration: …) and for a list of flags (--start-time=22:00 …)";

/** What runs kured, in a manifest, in values of its chart or in a list of flags. `file` is how the text is called. */
export function readKured(text: string, file: string): ReadKured {
  const refused = refusal(text);
  if (refused !== null) return { ok: false, problems: [`${file}: ${refused}`] };
  if (isFlagText(text)) return { ok: true, sources: [readFlagText(text, `the flags in ${file}`)] };
  const read = readDocuments(text);
  if (!read.ok) return { ok: false, problems: [`${file}: ${read.problem}`] };
  const sources = read.documents.flatMap((document) => sourceIn(document, file) ?? []);
  if (sources.length > 0) return { ok: true, sources };
  return { ok: false, problems: [`${file}: found nothing of kured in ${found(read.documents)}; ${LOOKED_FOR}`] };
}

function refusal(text: string): string | null {
  if (Buffer.byteLength(text) > MOST_BYTES)
    return `is larger than ${MOST_BYTES / 1024} KiB; keep kured's manifest alone`;
  if (text.trim() === "") return `is empty; ${LOOKED_FOR}`;
  if (/(?![\t\n\v\f\r\u007f\u0085])\p{Cc}|\ufffd/u.test(text)) return "is no text (UTF-8)";
  return null;
}

function sourceIn(document: unknown, file: string): KuredSource | null {
  // A piece of a command line, as it stands below `args:`.
  if (Array.isArray(document)) return kuredIn({ args: document });
  return kuredIn(document) ?? kuredOf(document, `the chart's values in ${file}`);
}

const MOST_NAMED = 5;

function found(documents: readonly unknown[]): string {
  const kinds = documents.map((document) => {
    const kind = textAt(document, "kind");
    if (kind !== null) return `a ${kind.slice(0, 60)}`;
    return isTree(document) ? "a mapping without kind" : "a text";
  });
  const named = [...new Set(kinds)];
  if (named.length === 0) return "no document at all";
  return named.length > MOST_NAMED ? `${named.slice(0, MOST_NAMED).join(", ")} and others` : named.join(", ");
}
