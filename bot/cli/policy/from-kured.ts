import { closeSync, openSync, readSync } from "node:fs";
import type { Command } from "commander";
import { type FromKured, fromKured } from "../../policy/from-kured/from-kured.ts";
import { MOST_BYTES } from "../../policy/from-kured/read-kured.ts";
import { EXIT, UserError } from "../../process/exit.ts";
import type { Io } from "../io.ts";

interface Options {
  readonly cluster?: string;
  readonly slackChannel?: string;
  readonly separateControlPlane: boolean;
}

export function addFromKured(parent: Command, io: Io): void {
  parent
    .command("from-kured")
    .description("write the policy that does what kured's flags did")
    .argument("<file>", "a manifest, values of kured's chart, or a list of flags; - reads standard input")
    .option("--cluster <name>", "the cluster's name; a placeholder when left out")
    .option("--slack-channel <id>", "the channel's id, as C0123456789; a placeholder when left out")
    .option("--separate-control-plane", "a pool of its own, with approval, for control-plane nodes", false)
    .action((file: string, options: Options) => {
      const converted = convertFile(file, options);
      if (!converted.ok) throw new UserError(converted.problems.join("\n"), EXIT.problems);
      for (const warning of converted.warnings) process.stderr.write(`warning: ${warning}\n`);
      io.print(converted.text.trimEnd());
      io.done(EXIT.fine);
    });
}

function convertFile(file: string, { cluster, slackChannel, separateControlPlane }: Options): FromKured {
  return fromKured(readText(file), {
    file: file === "-" ? "standard input" : file,
    cluster: cluster ?? null,
    slackChannel: slackChannel ?? null,
    isControlPlaneSeparate: separateControlPlane,
  });
}

/** Not more than one byte beyond what is read at most: the rest of a huge file says nothing new. */
function readText(file: string): string {
  try {
    const descriptor = file === "-" ? 0 : openSync(file, "r");
    const buffer = Buffer.alloc(MOST_BYTES + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read)
      read = readSync(descriptor, buffer, length, buffer.length - length, null);
    if (file !== "-") closeSync(descriptor);
    return new TextDecoder().decode(buffer.subarray(0, length));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    throw new UserError(`${file}: ${sentenceOf(code)}`, EXIT.problems, error);
  }
}

function sentenceOf(code: unknown): string {
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "is a folder; name the file in it";
  if (code === "EACCES") return "may not be read";
  return `can't be read (${typeof code === "string" ? code : "unknown reason"})`;
}
