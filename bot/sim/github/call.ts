import type { Instant } from "../../core/instant.ts";
import type { Fields } from "../slack/fields.ts";
import type { Caller } from "./access.ts";
import type { Account } from "./conversation.ts";
import type { GitHub } from "./github.ts";
import type { Repository } from "./repository.ts";

/** A request whose route and sender are known. */
export interface Call {
  readonly github: GitHub;
  readonly caller: Caller;
  /** In full, with the query. */
  readonly url: URL;
  readonly parameters: Readonly<Record<string, string>>;
  readonly accept: string;
  readonly body: Fields;
  readonly links: Links;
}

export interface RepositoryCall extends Call {
  readonly repository: Repository;
}

/** Where the emulated GitHub is: its API, and the pages that people open. */
export interface Links {
  readonly api: string;
  readonly web: string;
}

export interface Reply {
  readonly status: number;
  /** A Buffer goes out as it is, text as text, null as nothing, all else as JSON. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly modified?: Instant;
  /** The answer's tag, where it is not one of the answer's bytes. */
  readonly etag?: string;
}

export function ok(body: unknown, modified?: Instant): Reply {
  return { status: 200, body, ...(modified === undefined ? {} : { modified }) };
}

export function refuse(status: number, message: string, errors?: readonly unknown[]): Reply {
  const body = { message, ...(errors === undefined ? {} : { errors }) };
  return { status, body: { ...body, documentation_url: "https://docs.github.com/rest", status: `${status}` } };
}

export const notFound = (): Reply => refuse(404, "Not Found");

/** 422 for one wrong field. */
export function invalid(resource: string, field: string, code: string, message?: string): Reply {
  return refuse(422, "Validation Failed", [{ resource, field, code, ...(message === undefined ? {} : { message }) }]);
}

/** The accepted form besides JSON, "raw" or "sha". */
export function wants(call: Call, form: string): boolean {
  return new RegExp(`application/vnd\\.github(\\.v3)?\\.${form}\\b`).test(call.accept);
}

/** A page of a list by `page` and `per_page`, with the Link header that octokit's pagination follows. */
export function page<Item>(call: Call, items: readonly Item[], wrap: (items: readonly Item[]) => unknown): Reply {
  const size = Math.min(100, Math.max(1, Number(call.url.searchParams.get("per_page") ?? 30) || 30));
  const number = Math.max(1, Number(call.url.searchParams.get("page") ?? 1) || 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const places: readonly (readonly [string, number])[] = [
    ...(number > 1 ? ([["prev", number - 1]] as const) : []),
    ...(number < last
      ? ([
          ["next", number + 1],
          ["last", last],
        ] as const)
      : []),
    ...(number > 1 ? ([["first", 1]] as const) : []),
  ];
  const link = places.map(([rel, at]) => `<${pageUrl(call.url, at)}>; rel="${rel}"`).join(", ");
  const body = wrap(items.slice((number - 1) * size, number * size));
  return { status: 200, body, ...(link === "" ? {} : { headers: { link } }) };
}

function pageUrl(url: URL, at: number): string {
  const other = new URL(url);
  other.searchParams.set("page", `${at}`);
  return other.href;
}

export function showAccount({ id, login, type }: Account, links: Links) {
  return { id, login, type, site_admin: false, url: `${links.api}/users/${login}`, html_url: `${links.web}/${login}` };
}
