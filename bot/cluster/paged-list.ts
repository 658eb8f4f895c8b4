import type { Api, Json, Resource } from "../coordinator/ports.ts";
import { type Duration, SECOND } from "../core/instant.ts";
import { isRecord, messageOf, versionOf } from "./json.ts";

const PAGE = 500;
const DEADLINE: Duration = 30 * SECOND;

export type Listed =
  | { readonly ok: true; readonly items: readonly Json[]; readonly version: string }
  | { readonly ok: false; readonly why: string };

/** What a list is limited to. */
export interface Selection {
  /** All of them where it is not given. */
  readonly namespace?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

/** The most recent state of a kind, page by page; all pages show the state of the first one's version. */
export async function listAll(api: Api, resource: Resource, selection: Selection = {}): Promise<Listed> {
  const items: Json[] = [];
  let next: string | undefined;
  for (;;) {
    const answer = await api.call(
      {
        verb: "list",
        resource,
        limit: PAGE,
        ...selection,
        ...(next === undefined ? {} : { continue: next }),
      },
      DEADLINE,
    );
    if (answer.kind === "unanswered") return { ok: false, why: answer.why };
    if (answer.code !== 200) return { ok: false, why: `${answer.code} ${messageOf(answer.body)}` };
    const page = isRecord(answer.body) ? answer.body : {};
    if (Array.isArray(page["items"])) items.push(...page["items"]);
    const metadata = isRecord(page["metadata"]) ? page["metadata"] : {};
    const more = metadata["continue"];
    if (typeof more !== "string" || more === "") return { ok: true, items, version: versionOf(page) };
    next = more;
  }
}
