import { createHash } from "node:crypto";
import { type FSWatcher, watch as watchFiles } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { isMissing, resolveInside } from "../host-path.ts";
import type { Clock, Finding, Stoppable } from "../ports.ts";
import type { Detector } from "./detector.ts";

export interface SentinelSettings {
  readonly root: string;
  /** As the host names it, such as /var/run/reboot-required. Packages that want the reboot stand in `<path>.pkgs`. */
  readonly path: string;
  readonly clock: Clock;
  /** How often to look without being told, in milliseconds. */
  readonly every: number;
}

export function sentinelDetector(settings: SentinelSettings): Detector {
  return {
    findings: () => find(settings),
    watch: (changed) => {
      const watch = new SentinelWatch(settings, changed);
      watch.start();
      return watch;
    },
  };
}

async function find(settings: SentinelSettings): Promise<readonly Finding[]> {
  const file = await resolveInside(settings.root, settings.path);
  const modified = await modifiedAt(file);
  if (modified === null) return [];
  const packages = await textOf(`${file}.pkgs`);
  const hash = packages === null ? "none" : createHash("sha256").update(packages).digest("hex").slice(0, 16);
  return [
    {
      kind: "sentinel",
      identity: `${settings.path} ${new Date(modified).toISOString()} pkgs:${hash}`,
      text: describe(settings.path, packages ?? ""),
      since: modified,
    },
  ];
}

const MOST_NAMES = 10;

function describe(path: string, packages: string): string {
  const lines = packages.split("\n").map((line) => line.trim());
  const names = [...new Set(lines.filter((line) => line !== ""))];
  if (names.length === 0) return `${path} exists`;
  const shown = names.slice(0, MOST_NAMES).join(", ");
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "";
  return `${path}: ${shown}${more}`;
}

async function modifiedAt(file: string): Promise<number | null> {
  try {
    return Math.floor((await stat(file)).mtimeMs);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** A watch on the sentinel's directory, which may not exist yet or be made anew; a slow timer finds what it misses. */
class SentinelWatch implements Stoppable {
  readonly #settings: SentinelSettings;
  readonly #changed: () => void;
  #watcher: { readonly files: FSWatcher; readonly directory: string } | null = null;
  #timer: Stoppable | null = null;
  #seen: string | null = null;
  #stopped = false;

  constructor(settings: SentinelSettings, changed: () => void) {
    this.#settings = settings;
    this.#changed = changed;
  }

  start(): void {
    void this.#look();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.stop();
    this.#watcher?.files.close();
  }

  async #look(): Promise<void> {
    const { clock, every } = this.#settings;
    await this.#attach();
    const seen = await this.#identity();
    if (this.#stopped) return;
    // The first look counts as a change: the sentinel may have come before the watch was on.
    if (seen !== this.#seen) this.#changed();
    this.#seen = seen;
    this.#timer = clock.after(every, () => void this.#look());
  }

  /** Unreadable counts as a state of its own: the agent's next findings() says why. */
  async #identity(): Promise<string> {
    try {
      return JSON.stringify(await find(this.#settings));
    } catch (error) {
      return String(error);
    }
  }

  async #attach(): Promise<void> {
    const { root, path } = this.#settings;
    try {
      const file = await resolveInside(root, path);
      // The inode tells a directory that was removed and made again, whose old watch is deaf.
      const directory = `${dirname(file)} ${(await stat(dirname(file))).ino}`;
      if (this.#stopped || this.#watcher?.directory === directory) return;
      this.#watcher?.files.close();
      const files = watchFiles(dirname(file), { persistent: false });
      files.on("change", (_event, name) => {
        if (name === basename(file) || name === `${basename(file)}.pkgs`) this.#changed();
      });
      files.on("error", () => this.#detach());
      this.#watcher = { files, directory };
    } catch {
      // No directory yet, or no more watches to be had: the timer looks again, and findings() says what is wrong.
      this.#detach();
    }
  }

  #detach(): void {
    this.#watcher?.files.close();
    this.#watcher = null;
  }
}
