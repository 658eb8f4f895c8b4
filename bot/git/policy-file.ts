import { constants, type Stats } from "node:fs";
import { lstat, open, readlink, realpath } from "node:fs/promises";
import { dirname, sep } from "node:path";

/** More than any policy needs; what is larger is some other file. */
export const MOST_BYTES = 256 * 1024;

export type PolicyFile =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: string };

export interface OpenFile {
  stat(): Promise<Stats>;
  read(buffer: Buffer, offset: number): Promise<{ readonly bytesRead: number }>;
  close(): Promise<void>;
}

export interface Disk {
  realPath(path: string): Promise<string>;
  /** Of the path itself, not of what a link leads to. */
  stat(path: string): Promise<Stats>;
  target(link: string): Promise<string>;
  open(path: string, flags: number): Promise<OpenFile>;
}

export const localDisk: Disk = {
  realPath: (path) => realpath(path),
  stat: (path) => lstat(path),
  target: (link) => readlink(link),
  open: (path, flags) => open(path, flags),
};

/** Nothing that is opened by mistake may block, take over the terminal, or be a link put there in the meantime. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY | constants.O_NOFOLLOW;

/** A policy's text with its byte order mark, if it has one; never rejects, never waits for a writer. */
export async function readPolicyFile(path: string, disk: Disk = localDisk): Promise<PolicyFile> {
  if (path === "") return { ok: false, problem: "The policy's path is empty; name the policy's file." };
  const first = await attempt(path, disk);
  // A ConfigMap's mount swaps the folder behind its links: what the link led to can be gone when it is opened.
  const last = first.isGone ? await attempt(path, disk) : first;
  return last.file;
}

interface Attempt {
  readonly file: PolicyFile;
  readonly isGone: boolean;
}

async function attempt(path: string, disk: Disk): Promise<Attempt> {
  try {
    const result = await read(path, disk);
    const file: PolicyFile =
      "text" in result ? { ok: true, text: result.text } : { ok: false, problem: `${policyAt(path)} ${result.found}.` };
    return { file, isGone: false };
  } catch (error) {
    const found = await whyNot(path, error, disk);
    return { file: { ok: false, problem: `${policyAt(path)} ${found}.` }, isGone: codeOf(error) === "ENOENT" };
  }
}

type Found = { readonly text: string } | { readonly found: string };

async function read(path: string, disk: Disk): Promise<Found> {
  const real = await disk.realPath(path);
  const outside = await leadsOut(path, real, disk);
  if (outside !== null) return { found: outside };
  // Looked at before it is opened: to open a device can already do something.
  const before = kindProblem(await disk.stat(real));
  if (before !== null) return { found: before };
  const file = await disk.open(real, FLAGS);
  try {
    const facts = await file.stat();
    const problem = kindProblem(facts) ?? sizeProblem(facts.size);
    if (problem !== null) return { found: problem };
    const bytes = await upToLimit(file);
    const tooLarge = sizeProblem(bytes.length);
    return tooLarge === null ? decodeText(bytes) : { found: tooLarge };
  } finally {
    await file.close();
  }
}

/** A ConfigMap's file is a link to a link, all within its own folder; a link elsewhere could show any file. */
async function leadsOut(path: string, real: string, disk: Disk): Promise<string | null> {
  if (!(await disk.stat(path)).isSymbolicLink()) return null;
  const folder = await disk.realPath(dirname(path));
  if (real.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return null;
  return `is a symbolic link that leads out of its folder, to ${shown(real)}; put the policy's file itself there`;
}

function kindProblem(facts: Stats): string | null {
  if (facts.isFile()) return null;
  if (facts.isDirectory()) return "is a directory; name the policy's file in it";
  const kind = facts.isFIFO() ? "a pipe" : facts.isSocket() ? "a socket" : "a device";
  return `is ${kind}; a policy must be a regular file`;
}

function sizeProblem(size: number): string | null {
  return size > MOST_BYTES ? `is larger than ${MOST_BYTES / 1024} KiB; check that this is the policy's file` : null;
}

/** One byte more than allowed at most, however much the file grows. */
async function upToLimit(file: OpenFile): Promise<Buffer> {
  const buffer = Buffer.alloc(MOST_BYTES + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

/** The text, or what is there instead of one. */
export function decodeText(bytes: Buffer): Found {
  const text = decode(bytes);
  if (text !== null) return { text };
  return { found: `is not UTF-8 at byte offset ${firstWrongByte(bytes)}; save it as UTF-8` };
}

function decode(bytes: Buffer, options?: { readonly stream: boolean }): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, options);
  } catch {
    return null;
  }
}

/** Counted from 0. The longest beginning that is no error yet decodes to exactly the characters before the wrong one. */
function firstWrongByte(bytes: Buffer): number {
  let good = 0;
  let wrong = bytes.length + 1;
  while (wrong - good > 1) {
    const middle = Math.floor((good + wrong) / 2);
    if (decode(bytes.subarray(0, middle), { stream: true }) === null) wrong = middle;
    else good = middle;
  }
  return Buffer.byteLength(decode(bytes.subarray(0, good), { stream: true }) ?? "");
}

async function whyNot(path: string, error: unknown, disk: Disk): Promise<string> {
  switch (codeOf(error)) {
    case "ENOENT":
      return missing(path, disk);
    case "ENOTDIR":
      return "does not exist: a part of its path is a file, no directory; check the path";
    case "EACCES":
    case "EPERM":
      return "can't be read: permission denied; give this user the right to read it";
    case "ELOOP":
      return "is a symbolic link that leads back to itself; put the policy's file there";
    case "ENAMETOOLONG":
      return "does not exist: the path is too long; check the path";
    case "ERR_INVALID_ARG_VALUE":
      return "does not exist: a path can't hold a zero byte; check the path";
    default:
      return `can't be read: ${error instanceof Error ? error.message : String(error)}; check the file and its disk`;
  }
}

async function missing(path: string, disk: Disk): Promise<string> {
  try {
    return `is a symbolic link to ${shown(await disk.target(path))}, which does not exist; mend or remove the link`;
  } catch {
    return "does not exist; check the path";
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : null);

const policyAt = (path: string): string => `The policy ${shown(path)}`;

/** A line break in a name must not break the sentence. */
const shown = (path: string): string => (/\p{Cc}/u.test(path) ? JSON.stringify(path) : path);
