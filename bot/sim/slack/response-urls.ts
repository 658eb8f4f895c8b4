import type { ResponsePlace } from "./envelope.ts";
import { type Fields, flagField, textField } from "./fields.ts";
import type { Workspace } from "./workspace.ts";

const MAX_USES = 5;
const LIFETIME_MS = 30 * 60_000;

interface Grant {
  readonly place: ResponsePlace;
  readonly until: number;
  uses: number;
}

/** The addresses by which an app answers one interaction: no token, five uses, 30 minutes. */
export class ResponseUrls {
  readonly #workspace: Workspace;
  readonly #grants = new Map<string, Grant>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  grant(place: ResponsePlace): string {
    const key = this.#workspace.nextId("R");
    this.#grants.set(key, { place, until: this.#workspace.now() + LIFETIME_MS, uses: 0 });
    return key;
  }

  /** The HTTP status and body that Slack answers. */
  use(key: string, body: Fields): { readonly code: number; readonly body: string } {
    const grant = this.#grants.get(key);
    if (grant === undefined || this.#workspace.now() > grant.until) return { code: 404, body: "expired_url" };
    if (grant.uses === MAX_USES) return { code: 404, body: "used_url" };
    grant.uses += 1;
    const answer = this.#answer(grant.place, body);
    return answer.ok ? { code: 200, body: "ok" } : { code: 500, body: answer.error };
  }

  #answer({ channel, user, ts, threadTs }: ResponsePlace, body: Fields) {
    const draft = { channel, text: textField(body, "text"), blocks: body["blocks"] };
    if (ts !== null && flagField(body, "delete_original") === true) return this.#workspace.delete(channel, ts);
    if (ts !== null && flagField(body, "replace_original") === true) return this.#workspace.update({ ...draft, ts });
    const thread_ts = textField(body, "thread_ts") ?? threadTs ?? undefined;
    if (body["response_type"] === "in_channel") return this.#workspace.postMessage({ ...draft, thread_ts });
    return this.#workspace.postEphemeral({ ...draft, user, thread_ts });
  }
}
