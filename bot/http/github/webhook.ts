import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { verify } from "@octokit/webhooks-methods";
import type { Log } from "../../coordinator/ports.ts";
import { BodyReader } from "../body.ts";
import type { Metrics } from "../metrics.ts";
import type { Reply, Route } from "../route.ts";
import { Deliveries } from "./deliveries.ts";
import { relevanceOf, type WatchedPolicy } from "./relevance.ts";
import { readSecrets } from "./secrets.ts";

export interface WebhookParts {
  readonly secretFile: string;
  readonly policy: WatchedPolicy;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "countDelivery">;
  /** There may be something new where the policy is; returns at once. */
  readonly lookAgain: (why: string) => void;
}

const WEBHOOK_PATH = "/github/webhook";

const MiB = 1024 * 1024;
/** GitHub sends no more than 25 MB; and strangers may send as much before their signature is looked at. */
const LIMITS = { most: 25 * MiB, mostTogether: 50 * MiB };

type Outcome =
  | "told"
  | "other"
  | "ping"
  | "repeated"
  | "unsigned"
  | "malformed"
  | "large"
  | "busy"
  | "cut"
  | "no_secret";

interface Judged {
  readonly outcome: Outcome;
  readonly code: number;
  /** As a sentence, for the page of GitHub that shows deliveries, and for the log. */
  readonly says: string;
  readonly why?: string;
}

/** Takes GitHub's deliveries as hints: they are checked, sorted and answered here, and what they tell of is read elsewhere. */
export function webhookRoute(parts: WebhookParts): Route {
  const bodies = new BodyReader(LIMITS);
  const deliveries = new Deliveries();
  return {
    path: WEBHOOK_PATH,
    methods: ["POST"],
    answer: async (request) => {
      const judged = await judge(request, { ...parts, bodies, deliveries });
      report(parts, request, judged);
      if (judged.outcome === "told") parts.lookAgain(judged.why ?? "");
      return replyOf(judged);
    },
  };
}

interface JudgeParts extends WebhookParts {
  readonly bodies: BodyReader;
  readonly deliveries: Deliveries;
}

const replyOf = ({ code, says }: Judged): Reply => ({ code, body: `${says}\n` });

async function judge(request: IncomingMessage, parts: JudgeParts): Promise<Judged> {
  const type = mediaTypeOf(request);
  if (type !== JSON_TYPE && type !== FORM_TYPE) return malformed(415, `Send ${JSON_TYPE} or ${FORM_TYPE}.`);
  const signature = headerOf(request, "x-hub-signature-256");
  if (!/^sha256=[0-9a-f]{64}$/.test(signature))
    return unsigned("There is no X-Hub-Signature-256. Set the webhook's secret.");
  const [event, delivery] = [headerOf(request, "x-github-event"), headerOf(request, "x-github-delivery")];
  if (event === "" || delivery === "") return malformed(400, "X-GitHub-Event and X-GitHub-Delivery are missing.");
  const body = await parts.bodies.read(request);
  if (body.kind !== "read") return unread(body.kind);
  const found = await readSecrets(parts.secretFile);
  if (!found.ok)
    return { outcome: "no_secret", code: 500, says: "The bot has no secret to check this by.", why: found.problem };
  if (!(await isGenuine(body.bytes, signature, found.secrets)))
    return unsigned("The signature is not one by the secret that this bot knows.");
  // Only now: else anybody could use up the id of a delivery that is still to come.
  if (!parts.deliveries.take(delivery))
    return { outcome: "repeated", code: 200, says: "This delivery was taken before." };
  return sorted(event, payloadOf(body.bytes.toString("utf8"), type), parts.policy);
}

function sorted(event: string, payload: unknown, policy: WatchedPolicy): Judged {
  if (payload === undefined) return malformed(400, "The payload is not JSON.");
  const relevance = relevanceOf(event, payload, policy);
  switch (relevance.kind) {
    case "ping":
      return { outcome: "ping", code: 200, says: "pong" };
    case "about":
      return { outcome: "told", code: 202, says: "The bot looks at it.", why: relevance.why };
    case "other":
      return { outcome: "other", code: 202, says: `This is not about the bot's policy: ${relevance.why}.` };
    default:
      return relevance satisfies never;
  }
}

const JSON_TYPE = "application/json";
const FORM_TYPE = "application/x-www-form-urlencoded";

const mediaTypeOf = (request: IncomingMessage): string =>
  (headerOf(request, "content-type").split(";")[0] ?? "").trim().toLowerCase();

/** Undefined for what is no JSON. */
function payloadOf(text: string, type: string): unknown {
  const json = type === FORM_TYPE ? (new URLSearchParams(text).get("payload") ?? "") : text;
  try {
    const payload: unknown = JSON.parse(json);
    return payload;
  } catch {
    return undefined;
  }
}

/** The signature is over the bytes; GitHub's are UTF-8, and others would not be the same ones again. */
async function isGenuine(bytes: Buffer, signature: string, secrets: readonly string[]): Promise<boolean> {
  if (bytes.length === 0 || !isUtf8(bytes)) return false;
  const text = bytes.toString("utf8");
  const judged = await Promise.all(secrets.map((secret) => verify(secret, text, signature)));
  return judged.includes(true);
}

const unsigned = (says: string): Judged => ({ outcome: "unsigned", code: 401, says });
const malformed = (code: number, says: string): Judged => ({ outcome: "malformed", code, says });

function unread(kind: "large" | "busy" | "cut"): Judged {
  switch (kind) {
    case "large":
      return { outcome: kind, code: 413, says: "It is larger than the 25 MB that GitHub sends." };
    case "busy":
      return { outcome: kind, code: 503, says: "Too much comes at once." };
    case "cut":
      return { outcome: kind, code: 400, says: "It ended before its end." };
    default:
      return kind satisfies never;
  }
}

/** Nothing of the body, and of the headers only what may be an id or a name. */
function report({ log, metrics }: WebhookParts, request: IncomingMessage, { outcome, says, why }: Judged): void {
  metrics.countDelivery(outcome);
  const fields = {
    outcome,
    says,
    ...(why === undefined ? {} : { why }),
    // Not `event`, which names the line.
    kind: plain(headerOf(request, "x-github-event")),
    delivery: plain(headerOf(request, "x-github-delivery")),
  };
  if (TAKEN.has(outcome)) log.info("webhook", fields);
  else log.warn("webhook refused", fields);
}

const TAKEN: ReadonlySet<Outcome> = new Set(["told", "other", "ping", "repeated"]);

const plain = (text: string): string | null => (/^[\w-]{1,64}$/.test(text) ? text : null);

function headerOf({ headers }: IncomingMessage, name: string): string {
  const value = headers[name];
  return typeof value === "string" ? value : "";
}
