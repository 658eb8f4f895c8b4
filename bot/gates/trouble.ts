import type { Duration } from "../core/instant.ts";
import { codeOf, type Endpoint, optionOf } from "./endpoint.ts";

/** What a server sent back. */
export interface Reply {
  readonly status: number;
  readonly location: string | undefined;
  /** Its content type, without parameters. */
  readonly type: string;
  readonly body: string;
}

const LONGEST = 400;

/** Each of these is the end of a sentence: "Prometheus at http://… refuses connections". */
export const named = ({ program, base }: Endpoint): string => `${program} at ${base}`;

/** What comes from a server becomes a part of a sentence. */
export const oneLine = (text: string): string =>
  text
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .replace(/\.$/, "");

/** Cut last of all: half a token would not be known for one. */
export function fitToShow(why: string, token: string | null): string {
  const clean = token === null ? why : why.replaceAll(token, "…").replaceAll(encodeURIComponent(token), "…");
  return clean.length > LONGEST ? `${clean.slice(0, LONGEST)}…` : clean;
}

export function whyLate(endpoint: Endpoint, deadline: Duration): string {
  return `${named(endpoint)} did not answer within ${deadline / 1_000} s`;
}

/** Of an answer that is not HTTP 200. `said` is the reason that the program itself gave. */
export function whyRefused(endpoint: Endpoint, { status, location, type }: Reply, said: string | null): string {
  const { program } = endpoint;
  if (status >= 300 && status < 400) {
    return `${named(endpoint)} answered with a redirect to ${placeOf(location, endpoint.base)} (HTTP ${status}), which is not followed: give the address of ${program} itself`;
  }
  // Plain text is of a proxy, or of a server that expects TLS.
  if ((status === 400 || status === 422) && said !== null && type !== "text/plain") {
    return `${named(endpoint)} refuses the ${program === "Prometheus" ? "query" : "question"}: ${oneLine(said)}`;
  }
  return `${named(endpoint)} answered with HTTP ${status}${adviceFor(endpoint, status, said)}`;
}

function adviceFor(endpoint: Endpoint, status: number, said: string | null): string {
  switch (status) {
    case 401:
    case 403:
      return endpoint.tokenFile === null
        ? `: check the token (none was sent; see ${optionOf(endpoint.program)}-token-file)`
        : ": check the token";
    case 404:
      return ": check the path in its address";
    default:
      return said === null ? "" : `: ${oneLine(said)}`;
  }
}

/** Without a query, which may hold what is nobody's business. */
function placeOf(location: string | undefined, base: string): string {
  const url = location === undefined ? null : URL.parse(location, `${base}/`);
  return url === null ? "nowhere" : oneLine(`${url.protocol}//${url.host}${url.pathname}`);
}

/** Of a call that brought no answer. */
export function whyUnanswered(endpoint: Endpoint, error: unknown): string {
  const code = codeOf(error) ?? "";
  const name = named(endpoint);
  if (code === "ECONNREFUSED") return `${name} refuses connections`;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `${name} can't be found: its name is not in DNS (${code})`;
  if (code === "ETIMEDOUT" || code === "EHOSTUNREACH" || code === "ENETUNREACH")
    return `${name} can't be reached over the network (${code})`;
  if (code === "ECONNRESET" || code === "EPIPE") return `${name} cut the connection before its answer was whole`;
  if (code === "EPROTO" || code.startsWith("ERR_SSL"))
    return `TLS with ${name} fails (${code}): does it speak plain http, or want a certificate?`;
  if (code.startsWith("HPE_")) return `${name} does not speak HTTP (${code}): is the port right, and is it https?`;
  if (isOfCertificate(code))
    return `${name} shows a certificate that is not trusted (${code}): check ${optionOf(endpoint.program)}-ca-file and the name in its address`;
  return `${name} could not be asked: ${oneLine(error instanceof Error ? error.message || error.name : String(error))}`;
}

/** https://nodejs.org/api/tls.html#x509-certificate-error-codes */
function isOfCertificate(code: string): boolean {
  return /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_|HOSTNAME_MISMATCH|ERR_TLS_)/.test(code);
}
