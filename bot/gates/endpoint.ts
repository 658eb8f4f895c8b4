import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

export type Program = "Prometheus" | "Alertmanager";

/** Where a program is asked, and with what; none of it is ever sent to the other one. */
export interface Endpoint {
  readonly program: Program;
  /** The base that the API's paths are added to, without a slash at its end; fit to be shown. */
  readonly base: string;
  /** Read at each call, since tokens rotate. */
  readonly tokenFile: string | null;
  /** Certificates in PEM that are trusted instead of the system's. */
  readonly ca: string | null;
}

export interface EndpointOptions {
  readonly url: string | undefined;
  readonly tokenFile: string | undefined;
  readonly caFile: string | undefined;
}

/** An endpoint that can't be used as it was given; the message names the option and says what to do. */
export class EndpointProblem extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "EndpointProblem";
  }
}

/** The options of the command line: this one, and with -token-file and -ca-file at its end. */
export const optionOf = (program: Program): string => `--${program.toLowerCase()}`;

/** Null where no URL is given. Throws EndpointProblem. */
export function endpointOf(program: Program, { url, tokenFile, caFile }: EndpointOptions): Endpoint | null {
  const option = optionOf(program);
  if (url === undefined) {
    const other = tokenFile !== undefined ? "token-file" : caFile !== undefined ? "ca-file" : null;
    if (other !== null)
      throw new EndpointProblem(`${option}-${other} is of no use without ${option}: give its URL, too.`);
    return null;
  }
  const base = baseOf(url, option);
  if (caFile !== undefined && base.startsWith("http:")) {
    throw new EndpointProblem(`${option}-ca-file needs an https:// URL, and ${option} is ${base}.`);
  }
  if (tokenFile !== undefined && readFirst(tokenFile, `${option}-token-file`).trim() === "") {
    throw new EndpointProblem(`${tokenFile} is empty: put a token into it, or leave ${option}-token-file out.`);
  }
  const ca = caFile === undefined ? null : readCa(caFile, `${option}-ca-file`);
  return { program, base, tokenFile: tokenFile ?? null, ca };
}

function baseOf(text: string, option: string): string {
  const url = URL.parse(text);
  // What can't be parsed is not repeated: a password may be in it.
  if (url === null)
    throw new EndpointProblem(`${option} is no URL. Give one such as http://monitoring.example.com:9090.`);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new EndpointProblem(`${option} starts with ${url.protocol} and must start with http:// or https://.`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new EndpointProblem(
      `${option} must not carry a user or a password. Put a token into a file and name it by ${option}-token-file.`,
    );
  }
  if (url.search !== "" || url.hash !== "")
    throw new EndpointProblem(`${option} must end with its path: no "?", no "#".`);
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

function readCa(file: string, option: string): string {
  const text = readFirst(file, option);
  try {
    new X509Certificate(text);
  } catch (cause) {
    throw new EndpointProblem(`${file} holds no certificate in PEM. Check ${option}.`, cause);
  }
  return text;
}

function readFirst(file: string, option: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new EndpointProblem(`${file} can't be read (${codeOf(cause) ?? String(cause)}). Check ${option}.`, cause);
  }
}

/** Node's code of an error, such as ENOENT. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}
