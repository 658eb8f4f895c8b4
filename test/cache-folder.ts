import { homedir } from "node:os";
import { join } from "node:path";

/** What tests keep from run to run: $BOOTSWAIN_CACHE, else $XDG_CACHE_HOME/bootswain, else ~/.cache/bootswain. */
export function cacheFolder(): string {
  const { BOOTSWAIN_CACHE: own, XDG_CACHE_HOME: shared } = process.env;
  return own || join(shared || join(homedir(), ".cache"), "bootswain");
}
