import { isDeepStrictEqual } from "node:util";
import type { Chat, ChatAnswer } from "../../coordinator/ports.ts";
import { ScriptedFaults } from "../scripted-faults.ts";
import type { Fault } from "./fault.ts";
import { missingScope } from "./scopes.ts";
import type { SlackAnswer, Workspace } from "./workspace.ts";

type Posted = Parameters<Chat["post"]>[0];
type Updated = Parameters<Chat["update"]>[0];
type Whispered = Parameters<Chat["tell"]>[0];

/** The outbox's port straight onto the workspace, without HTTP. Each answer comes in the next microtask. */
export class SimulatedChat implements Chat {
  readonly faults: ScriptedFaults<Fault>;
  readonly #workspace: Workspace;

  constructor(workspace: Workspace, faults: ScriptedFaults<Fault> = new ScriptedFaults<Fault>()) {
    this.#workspace = workspace;
    this.faults = faults;
  }

  post({ channel, threadTs, text, blocks, broadcast, key }: Posted): Promise<ChatAnswer> {
    const draft = { channel, text, blocks, thread_ts: threadTs, reply_broadcast: broadcast, ...metadataOf(key) };
    return this.#call(
      ["chat.postMessage", "chat:write"],
      () => this.#workspace.postMessage(draft),
      ({ ts }) => ts,
    );
  }

  update({ channel, ts, text, blocks }: Updated): Promise<ChatAnswer> {
    return this.#call(
      ["chat.update", "chat:write"],
      () => this.#workspace.update({ channel, ts, text, blocks }),
      (done) => done.ts,
    );
  }

  pin(channel: string, ts: string): Promise<ChatAnswer> {
    return this.#call(
      ["pins.add", "pins:write"],
      () => this.#workspace.pinsAdd(channel, ts),
      () => ts,
    );
  }

  async find({ channel, threadTs, key }: Parameters<Chat["find"]>[0]): Promise<ChatAnswer> {
    const ours = this.#workspace.messages(channel).filter((message) => (message.threadTs ?? undefined) === threadTs);
    const found = ours.findLast(({ metadata }) => isDeepStrictEqual({ metadata }, metadataOf(key)));
    return { ok: true, ts: found?.ts ?? "" };
  }

  open(triggerId: string, view: unknown): Promise<ChatAnswer> {
    return this.#call(
      ["views.open"],
      () => this.#workspace.viewsOpen(triggerId, view),
      () => triggerId,
    );
  }

  tell({ channel, user, threadTs, text }: Whispered): Promise<ChatAnswer> {
    const draft = { channel, user, text, thread_ts: threadTs };
    return this.#call(
      ["chat.postEphemeral", "chat:write"],
      () => this.#workspace.postEphemeral(draft),
      (done) => done.message_ts,
    );
  }

  async #call<Found>(
    [method, ...scopes]: readonly [method: string, ...scopes: string[]],
    run: () => SlackAnswer<Found>,
    tsOf: (found: Found) => string,
  ): Promise<ChatAnswer> {
    const fault = this.faults.take(method);
    if (fault !== null) return failed(fault, run);
    const answer = missingScope(scopes, this.#workspace.scopes) ?? run();
    return answer.ok ? { ok: true, ts: tsOf(answer) } : { ok: false, error: answer.error };
  }
}

const metadataOf = (key: string | undefined): { readonly metadata?: object } =>
  key === undefined ? {} : { metadata: { event_type: "bootswain_message", event_payload: { key } } };

function failed(fault: Fault, run: () => unknown): ChatAnswer {
  switch (fault.kind) {
    case "error":
      return { ok: false, error: fault.error };
    case "rate-limited":
      return fault.retryAfterSeconds === undefined
        ? { ok: false, error: "ratelimited" }
        : { ok: false, error: "ratelimited", retryAfterSeconds: fault.retryAfterSeconds };
    case "status":
      return { ok: false, error: "unanswered" };
    case "cut":
      if (fault.arrived) run();
      return { ok: false, error: "unanswered" };
    default:
      return fault satisfies never;
  }
}
