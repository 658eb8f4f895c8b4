const LIFETIME_MS = 3_000;

interface Grant {
  readonly user: string;
  readonly until: number;
  isUsed: boolean;
}

export type Exchange =
  | { readonly ok: true; readonly user: string }
  | { readonly ok: false; readonly error: "invalid_trigger_id" | "exchanged_trigger_id" | "expired_trigger_id" };

/** The trigger_ids that come with what people do: each opens one modal before its person, within 3 s. */
export class Triggers {
  readonly #now: () => number;
  readonly #nextId: (prefix: string) => string;
  readonly #grants = new Map<string, Grant>();

  constructor(now: () => number, nextId: (prefix: string) => string) {
    this.#now = now;
    this.#nextId = nextId;
  }

  grant(user: string): string {
    const id = this.#nextId("1234567890.9876543210.");
    this.#grants.set(id, { user, until: this.#now() + LIFETIME_MS, isUsed: false });
    return id;
  }

  exchange(id: string): Exchange {
    const grant = this.#grants.get(id);
    if (grant === undefined) return { ok: false, error: "invalid_trigger_id" };
    if (grant.isUsed) return { ok: false, error: "exchanged_trigger_id" };
    if (this.#now() > grant.until) return { ok: false, error: "expired_trigger_id" };
    grant.isUsed = true;
    return { ok: true, user: grant.user };
  }
}
