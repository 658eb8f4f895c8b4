import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Bare } from "./bare.ts";
import { GitFailed } from "./git.ts";

const MOST_BYTES = 1024 * 1024;

/** SSH's file of allowed signers; no key is trusted but by it, and no signature of another kind counts. */
export interface AllowedSigners {
  readonly file: string;
}

/** The file as it was read once: by these bytes signatures are judged, whatever becomes of it meanwhile. */
export interface Keys extends AllowedSigners {
  readonly bytes: Buffer;
  /** What they are known by, short enough to be kept beside what they allowed. */
  readonly digest: string;
}

/** Rejects with GitFailed. */
export async function keysIn({ file }: AllowedSigners): Promise<Keys> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const why = error instanceof Error && "code" in error ? error.code : error;
    throw new GitFailed(
      `the file of allowed signers ${file} can't be read (${why}); check --policy-allowed-signers`,
      error,
    );
  }
  if (bytes.length > MOST_BYTES) throw new GitFailed(`the file of allowed signers ${file} is larger than 1 MiB`);
  return { file, bytes, digest: createHash("sha256").update(bytes).digest("hex").slice(0, 16) };
}

export type Signature =
  | { readonly ok: true; readonly by: string }
  /** Why not, as the end of a sentence. */
  | { readonly ok: false; readonly why: string };

/** Judged by git's exit code and its %G?: of an unknown key git prints a "Good signature" all the same. */
export async function signatureOf(repository: Bare, commit: string, { file }: AllowedSigners): Promise<Signature> {
  const settings = [
    `gpg.ssh.allowedSignersFile=${resolve(file)}`,
    "gpg.minTrustLevel=fully",
    // Whatever keys gpg has here, nobody chose them for this.
    "gpg.program=/bin/false",
    "gpg.x509.program=/bin/false",
  ].flatMap((setting) => ["-c", setting]);
  const isVerified = await ends(repository.run([...settings, "verify-commit", "--end-of-options", commit]));
  const format = "--format=%G?%x00%GS%x00%GF";
  const judged = await repository.line([...settings, "log", "-1", format, "--end-of-options", commit]);
  const [letter = "", signer = "", key = ""] = judged.split("\0");
  if (isVerified && letter === "G" && signer !== "") return { ok: true, by: signer };
  return { ok: false, why: whyNot(letter, key) };
}

/** A git that is not there, or ssh-keygen that is not, fails at the next question too. */
async function ends(run: Promise<unknown>): Promise<boolean> {
  try {
    await run;
    return true;
  } catch (error) {
    if (error instanceof GitFailed) return false;
    throw error;
  }
}

function whyNot(letter: string, key: string): string {
  switch (letter) {
    case "N":
      return "it has no signature that an SSH key made";
    case "U":
    case "G":
      return key === "" ? "its key is not known there" : `it is signed by ${key}, which that file does not allow`;
    default:
      return "its signature is wrong, or ssh-keygen can't check it here";
  }
}
