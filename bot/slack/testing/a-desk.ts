import type { Turn } from "../../coordinator/coordinator.ts";
import type { Chat, ChatAnswer, DecisionAnswer, DecisionRequest, Log, SlackPeople } from "../../coordinator/ports.ts";
import type { FreezeRequest, ProposalAnswer } from "../../coordinator/proposals.ts";
import { aJudgement } from "../../core/testing/builders.ts";
import { aPolicy, aPool } from "../../core/testing/policies.ts";
import type { Click, Submission, Written } from "../deeds.ts";
import { Desk } from "../desk.ts";
import { blockId } from "../print.ts";
import { ReferenceStore } from "../references.ts";
import type { Reference } from "../view/card.ts";
import { ConfigMapApi } from "./configmap-api.ts";
import { HandClock } from "./hand-clock.ts";
import { MEMBERS } from "./members.ts";
import { aTurn } from "./turns.ts";

export const CHANNEL = "C0123456789";
export const APPROVAL_POLICY = aPolicy({ pools: [aPool({ name: "control-plane", mode: "approval" })] });
export const target = (node: string, isOver = false) => ({ node, digest: `${node}.boot.0.pool.blockers`, isOver });
export const aReference = (changes: Partial<Reference> = {}): Reference => ({
  key: "approval-1",
  kind: "approval",
  channel: CHANNEL,
  ts: "100.1",
  hash: "h1",
  targets: [target("kuber01"), target("kuber02")],
  alerted: null,
  isOpen: true,
  at: 0,
  ...changes,
});
/** What a click on this card says of what was seen. */
export const seenOn = ({ hash, targets }: Reference): string => blockId(hash, targets, 0).replace(/-0$/, "");
export const aClick = (changes: Partial<Click> = {}): Click => ({
  actionId: "approve:abal-kuber:approval-1",
  user: "U01AB",
  channel: CHANNEL,
  messageTs: "100.1",
  seen: seenOn(aReference()),
  triggerId: "trigger-1",
  actionTs: "300.1",
  isForeign: false,
  ...changes,
});
export const aReply = (text: string, changes: Partial<Written> = {}): Written => ({
  text,
  user: "U01AB",
  channel: CHANNEL,
  threadTs: "100.1",
  ts: "200.1",
  isAddressed: false,
  isForeign: false,
  ...changes,
});

export const PROPOSED = {
  kind: "proposed" as const,
  number: 43,
  url: "https://github.com/acme/policy/pull/43",
  repeated: false,
} satisfies ProposalAnswer;

interface Options {
  readonly references?: readonly Reference[];
  readonly ask?: (request: DecisionRequest) => Promise<DecisionAnswer>;
  readonly proposed?: ProposalAnswer;
  readonly turn?: Turn | null;
  readonly people?: SlackPeople;
  readonly tellAnswer?: ChatAnswer;
  /** To the first ones, before that. */
  readonly tellAnswers?: readonly ChatAnswer[];
  readonly openAnswer?: ChatAnswer;
}

export async function aDesk({
  references = [aReference()],
  ask,
  proposed = PROPOSED,
  turn = aTurn({}, { policy: APPROVAL_POLICY }),
  people = MEMBERS,
  tellAnswer = { ok: true, ts: "1.1" },
  tellAnswers = [],
  openAnswer = { ok: true, ts: "V1" },
}: Options = {}) {
  const api = new ConfigMapApi();
  const store = new ReferenceStore(api, "bootswain");
  await store.write(references, "", 0);
  const asked: DecisionRequest[] = [];
  const frozen: FreezeRequest[] = [];
  const told: string[] = [];
  const opened: { readonly triggerId: string; readonly view: unknown }[] = [];
  const warned: string[] = [];
  const clock = new HandClock();
  const log: Log = { info: () => {}, warn: (event, fields) => void warned.push(`${event} ${JSON.stringify(fields)}`) };
  const never = () => Promise.reject(new Error("the desk only whispers"));
  const chat: Chat = {
    post: never,
    update: never,
    pin: never,
    find: never,
    open: async (triggerId, view) => {
      opened.push({ triggerId, view });
      return openAnswer;
    },
    tell: async ({ user, channel, threadTs, text }) => {
      told.push(`${channel} ${threadTs ?? "root"} ${user}: ${text}`);
      return tellAnswers[told.length - 1] ?? tellAnswer;
    },
  };
  const judged = async (): Promise<DecisionAnswer> => ({ kind: "judged", judgement: aJudgement(), repeated: false });
  const decisions = {
    ask: async (request: DecisionRequest) => {
      asked.push(request);
      return (ask ?? judged)(request);
    },
  };
  const desk = new Desk({
    clusterName: "abal-kuber",
    decisions,
    proposals: {
      proposeFreeze: async (request) => {
        frozen.push(request);
        return proposed;
      },
    },
    chat,
    people,
    references: store,
    turn: () => turn,
    begun: turn === null ? new Promise<never>(() => {}) : Promise.resolve(),
    clock,
    log,
  });
  /** A card that is not found is looked for once more a little later. */
  const settled = async (done: Promise<void>): Promise<void> => {
    await clock.advance(30_000);
    await done;
  };
  return { api, store, asked, frozen, told, opened, warned, desk, clock, settled };
}

export const aSubmission = (changes: Partial<Submission> = {}): Submission => ({
  callbackId: "skip:abal-kuber",
  privateMetadata: "",
  viewId: "V1",
  user: "U01AB",
  isForeign: false,
  values: {},
  ...changes,
});

/** What that person alone was told: in the channel for a click, in the thread for a reply. */
export const whispered = (says: string): string => `${CHANNEL} root U01AB: ${says}`;
export const replied = (says: string): string => `${CHANNEL} 100.1 U01AB: ${says}`;
