import { parseAllDocuments } from "yaml";
import { shown } from "./arguments.ts";

const MOST_ALIASES = 100;
const MOST_DOCUMENTS = 1_000;

export type ReadDocuments =
  | { readonly ok: true; readonly documents: readonly unknown[] }
  | { readonly ok: false; readonly problem: string };

/** All documents of a YAML or JSON text, and the items of lists such as `kubectl get -o yaml` prints. */
export function readDocuments(text: string): ReadDocuments {
  try {
    const parsed = parseAllDocuments(text, { prettyErrors: true, uniqueKeys: false, logLevel: "silent" });
    const documents = Array.isArray(parsed) ? parsed : [];
    if (documents.length > MOST_DOCUMENTS)
      return wrong(`it holds more than ${MOST_DOCUMENTS} documents; keep kured's alone`);
    const error = documents.flatMap(({ errors }) => errors)[0];
    if (error?.code === "RESOURCE_EXHAUSTION") return wrong(TOO_DEEP);
    if (error !== undefined) return wrong(`it is no YAML: ${shown(error.message.split("\n")[0] ?? "")}`);
    const values = documents.map((document): unknown => document.toJS({ maxAliasCount: MOST_ALIASES }));
    return { ok: true, documents: values.flatMap(itemsOf) };
  } catch (error) {
    if (error instanceof ReferenceError) return wrong("its aliases unfold to too much; write the values out");
    if (error instanceof RangeError) return wrong(TOO_DEEP);
    throw error;
  }
}

const TOO_DEEP = "it is nested too deeply";

const wrong = (problem: string): ReadDocuments => ({ ok: false, problem });

function itemsOf(value: unknown): readonly unknown[] {
  if (typeof value !== "object" || value === null || !("items" in value) || !Array.isArray(value.items)) return [value];
  return value.items;
}
