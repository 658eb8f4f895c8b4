import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { EXIT, UserError } from "../process/exit.ts";

/**
 * A folder in the system's temporary folder that is this user's alone. There anyone may make one of that name first, and
 * would then hold what the bot takes for the policy.
 */
export function ownTemporaryFolder(name: string, within: string = tmpdir()): string {
  const { uid } = userInfo();
  const folder = join(within, `${name}-${uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const facts = lstatSync(folder);
  if (!facts.isDirectory() || facts.uid !== uid || (facts.mode & 0o022) !== 0)
    throw new UserError(`${folder} is not this user's alone: remove it, or give --work-dir FOLDER.`, EXIT.usage);
  return folder;
}
