import { readFile } from "node:fs/promises";

export type Secrets =
  | { readonly ok: true; readonly secrets: readonly string[] }
  /** As a sentence. */
  | { readonly ok: false; readonly problem: string };

/** One secret a line: while it is changed there are two, the one that GitHub goes over to and the one that it signs with still. */
export async function readSecrets(file: string): Promise<Secrets> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const why = error instanceof Error && "code" in error ? error.code : error;
    return { ok: false, problem: `The file ${file} can't be read (${why}). Check --github-webhook-secret-file.` };
  }
  const secrets = text.split("\n").flatMap((line) => line.trim() || []);
  if (secrets.length > 0) return { ok: true, secrets };
  return {
    ok: false,
    problem: `The file ${file} holds no secret. Put the one of GitHub's webhook into it, on a line of its own.`,
  };
}
