import type { EventLog } from "../event-log.ts";
import { isFields } from "./fields.ts";
import { type Entries, inputBlockIds } from "./form.ts";
import { Triggers } from "./triggers.ts";
import { type View, type ViewPlace, viewOf } from "./view.ts";
import { viewRefusalOf } from "./view-check.ts";
import type { WorkspaceNews } from "./workspace-news.ts";

const STACK_MAX = 3;

export interface ViewFailure {
  readonly ok: false;
  readonly error: string;
  readonly problems: readonly string[];
}
export type ViewOutcome = { readonly ok: true; readonly view: View } | ViewFailure;

/** Where a view is found; an update with an old hash is refused. */
export interface ViewTarget {
  readonly viewId?: string | undefined;
  readonly externalId?: string | undefined;
  readonly hash?: string | undefined;
}

/** What each person has open: at most one modal, a stack of up to three views of which they see the last. */
export class Modals {
  readonly triggers: Triggers;
  readonly #log: EventLog<WorkspaceNews>;
  readonly #nextId: (prefix: string) => string;
  readonly #stacks = new Map<string, readonly View[]>();

  constructor(log: EventLog<WorkspaceNews>, now: () => number, nextId: (prefix: string) => string) {
    this.#log = log;
    this.#nextId = nextId;
    this.triggers = new Triggers(now, nextId);
  }

  /** The view that the person sees. */
  of(user: string): View | null {
    return this.#stacks.get(user)?.at(-1) ?? null;
  }

  /** A new modal takes the place of one that is open. */
  open(triggerId: string | undefined, draft: unknown): ViewOutcome {
    const exchange = this.#exchange(triggerId, draft);
    if (!exchange.ok) return exchange;
    const id = this.#nextId("V");
    return this.#show(draft, { id, user: exchange.user, rootId: id, previousId: null }, []);
  }

  push(triggerId: string | undefined, draft: unknown): ViewOutcome {
    const exchange = this.#exchange(triggerId, draft);
    return exchange.ok ? this.#onTop(exchange.user, draft) : exchange;
  }

  update(target: ViewTarget, draft: unknown): ViewOutcome {
    const refusal = viewRefusalOf(draft);
    if (refusal !== null) return { ok: false, ...refusal };
    const view = this.#find(target);
    if (view === null) return failure("not_found");
    return target.hash === undefined || target.hash === view.hash
      ? this.#replace(view, draft)
      : failure("hash_conflict");
  }

  enter(view: View, entries: Entries): View {
    const filled = { ...view, entries, errors: {} };
    this.#put(filled);
    return filled;
  }

  /** What the app's ack of a submission does. Throws where Slack's client would show that the app is in trouble. */
  answer(view: View, answer: unknown): void {
    const fields = isFields(answer) ? answer : {};
    const action = fields["response_action"];
    if (action === undefined) this.#pop(view);
    else if (action === "clear") this.clear(view.user);
    else if (action === "errors") this.#report(view, fields["errors"]);
    else if (action === "update" || action === "push") {
      const { view: draft } = fields;
      const outcome = action === "update" ? this.update({ viewId: view.id }, draft) : this.#onTop(view.user, draft);
      if (!outcome.ok)
        throw new Error(`the answer's view is refused, ${outcome.error}: ${outcome.problems.join("; ")}`);
    } else throw new Error(`the submission was answered with the unknown response_action ${JSON.stringify(action)}`);
  }

  /** Closes the last view, or with clear_on_close all of them. Gives those that were closed, the last one first. */
  dismiss(user: string): readonly View[] {
    const view = this.of(user);
    if (view === null) return [];
    if (view.clearOnClose) return this.clear(user);
    this.#pop(view);
    return [view];
  }

  clear(user: string): readonly View[] {
    const closed = (this.#stacks.get(user) ?? []).toReversed();
    this.#stacks.delete(user);
    for (const view of closed) this.#log.add({ kind: "modal-closed", view });
    return closed;
  }

  /** A wrong view leaves the trigger unused. */
  #exchange(triggerId: string | undefined, draft: unknown) {
    const refusal = viewRefusalOf(draft);
    if (refusal !== null) return { ok: false, ...refusal } as const;
    if (triggerId === undefined) return failure("invalid_arguments", ["missing required field: trigger_id"]);
    if (isFields(draft) && this.#isTaken(draft["external_id"])) return failure("duplicate_external_id");
    const exchange = this.triggers.exchange(triggerId);
    return exchange.ok ? exchange : failure(exchange.error);
  }

  #isTaken(externalId: unknown): boolean {
    return typeof externalId === "string" && externalId !== "" && this.#find({ externalId }) !== null;
  }

  #onTop(user: string, draft: unknown): ViewOutcome {
    const refusal = viewRefusalOf(draft);
    if (refusal !== null) return { ok: false, ...refusal };
    const stack = this.#stacks.get(user) ?? [];
    const below = stack.at(-1);
    if (below === undefined) return failure("not_found");
    if (stack.length === STACK_MAX) return failure("push_limit_reached");
    return this.#show(draft, { id: this.#nextId("V"), user, rootId: below.rootId, previousId: below.id }, stack);
  }

  #show(draft: unknown, place: ViewPlace, stack: readonly View[]) {
    const view = viewOf(isFields(draft) ? draft : {}, place, {}, this.#nextId);
    this.#stacks.set(place.user, [...stack, view]);
    this.#log.add({ kind: "modal-opened", view });
    return { ok: true, view } as const;
  }

  #replace(old: View, draft: unknown): ViewOutcome {
    const view = viewOf(isFields(draft) ? draft : {}, old, old.entries, this.#nextId);
    this.#put(view);
    this.#log.add({ kind: "modal-changed", view });
    return { ok: true, view };
  }

  #report(view: View, errors: unknown): void {
    const found = Object.entries(isFields(errors) ? errors : {});
    const known = inputBlockIds(view.blocks);
    const unknown = found.filter(([blockId]) => !known.includes(blockId)).map(([blockId]) => blockId);
    if (found.length === 0 || unknown.length > 0) {
      throw new Error(`the submission's errors name no input of the view: ${unknown.join(", ") || "there are none"}`);
    }
    const now = this.#find({ viewId: view.id }) ?? view;
    const told = { ...now, errors: Object.fromEntries(found.map(([blockId, text]) => [blockId, String(text)])) };
    this.#put(told);
    this.#log.add({ kind: "modal-changed", view: told });
  }

  #pop(view: View): void {
    const stack = this.#stacks.get(view.user) ?? [];
    this.#stacks.set(
      view.user,
      stack.filter(({ id }) => id !== view.id),
    );
    this.#log.add({ kind: "modal-closed", view });
  }

  #put(view: View): void {
    const stack = this.#stacks.get(view.user) ?? [];
    this.#stacks.set(
      view.user,
      stack.map((each) => (each.id === view.id ? view : each)),
    );
  }

  #find({ viewId, externalId }: ViewTarget): View | null {
    const all = [...this.#stacks.values()].flat();
    return all.find((view) => (viewId !== undefined ? view.id === viewId : view.externalId === externalId)) ?? null;
  }
}

function failure(error: string, problems: readonly string[] = []): ViewFailure {
  return { ok: false, error, problems };
}
