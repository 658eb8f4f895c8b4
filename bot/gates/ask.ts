import { readFile } from "node:fs/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { z } from "zod";
import type { Duration } from "../core/instant.ts";
import { codeOf, type Endpoint } from "./endpoint.ts";
import { fitToShow, named, oneLine, type Reply, whyLate, whyRefused, whyUnanswered } from "./trouble.ts";

export type Asked<T> = { readonly ok: true; readonly answer: T } | { readonly ok: false; readonly why: string };

/** A path below the endpoint's base, with its parameters in order; a key may be there several times. */
export interface Question {
  readonly path: string;
  readonly parameters: readonly (readonly [string, string])[];
}

const MOST_BODY = 4 * 1024 * 1024;

/** What ends a call with a reason of its own. */
class Trouble extends Error {}

/** One GET, over a connection of its own. Never rejects, and ends at the deadline, reading the token included. */
export async function ask<T>(
  endpoint: Endpoint,
  question: Question,
  shape: z.ZodType<T>,
  deadline: Duration,
): Promise<Asked<T>> {
  const signal = AbortSignal.timeout(deadline);
  let token: string | null = null;
  const exchange = async (): Promise<Asked<T>> => {
    token = await tokenOf(endpoint, signal);
    return judge(endpoint, await get(endpoint, question, token, signal), shape);
  };
  try {
    // The signal alone does not end the opening of a file on a disk that hangs.
    const asked = await Promise.race([exchange(), rejectedBy(signal)]);
    return asked.ok ? asked : { ok: false, why: fitToShow(asked.why, token) };
  } catch (error) {
    if (signal.aborted) return { ok: false, why: whyLate(endpoint, deadline) };
    const why = error instanceof Trouble ? error.message : whyUnanswered(endpoint, error);
    return { ok: false, why: fitToShow(why, token) };
  }
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}

async function tokenOf({ program, tokenFile }: Endpoint, signal: AbortSignal): Promise<string | null> {
  if (tokenFile === null) return null;
  const text = await readFile(tokenFile, { encoding: "utf8", signal }).catch((cause: unknown) => {
    throw new Trouble(`the token for ${program} can't be read from ${tokenFile} (${codeOf(cause) ?? String(cause)})`);
  });
  const token = text.trim();
  if (token === "") throw new Trouble(`the token for ${program} is missing: ${tokenFile} is empty`);
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new Trouble(`the token for ${program} in ${tokenFile} has characters that no token has`);
  return token;
}

function get(endpoint: Endpoint, question: Question, token: string | null, signal: AbortSignal): Promise<Reply> {
  const url = new URL(`${endpoint.base}/${question.path}`);
  for (const [key, value] of question.parameters) url.searchParams.append(key, value);
  const headers = {
    accept: "application/json",
    "user-agent": "bootswain",
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  };
  // A connection that was kept may be one that a proxy has long forgotten.
  const options = { headers, signal, agent: false, ...(endpoint.ca === null ? {} : { ca: endpoint.ca }) } as const;
  const request = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      readAll(endpoint, response).then((body) => resolve(replyOf(response, body)), reject);
    });
    sent.on("error", reject);
    sent.end();
  });
}

async function readAll(endpoint: Endpoint, response: IncomingMessage): Promise<string> {
  let text = "";
  response.setEncoding("utf8");
  for await (const part of response) {
    text += String(part);
    if (text.length > MOST_BODY) throw new Trouble(`${named(endpoint)} answered with more than 4 MiB`);
  }
  return text;
}

function replyOf({ statusCode, headers }: IncomingMessage, body: string): Reply {
  const type = (headers["content-type"] ?? "").split(";")[0]?.trim() ?? "";
  return { status: statusCode ?? 0, location: headers.location, type, body };
}

function judge<T>(endpoint: Endpoint, reply: Reply, shape: z.ZodType<T>): Asked<T> {
  if (reply.status !== 200) return { ok: false, why: whyRefused(endpoint, reply, saidIn(reply)) };
  const json = parsed(reply.body);
  if (json === undefined) {
    const what = reply.type === "application/json" || reply.type === "" ? "what is no JSON" : reply.type;
    return { ok: false, why: `${named(endpoint)} answered with ${oneLine(what)}: is this ${endpoint.program}?` };
  }
  const answer = shape.safeParse(json);
  if (answer.success) return { ok: true, answer: answer.data };
  return { ok: false, why: `${named(endpoint)} answered with JSON of another shape: is this ${endpoint.program}?` };
}

const withError = z.object({ error: z.string() });

/** Prometheus puts its reason into `error`, Alertmanager sends a string, and both send plain text now and then. */
function saidIn({ type, body }: Reply): string | null {
  const json = parsed(body);
  if (typeof json === "string") return json;
  const parts = withError.safeParse(json);
  if (parts.success) return parts.data.error;
  return type === "text/plain" && body.trim() !== "" ? body : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
