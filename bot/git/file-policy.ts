import { type FSWatcher, watch } from "node:fs";
import { dirname } from "node:path";
import { readPolicyFile } from "./policy-file.ts";
import type { PolicyPlace, Reading } from "./reading.ts";

/** A policy in a plain file. */
export function filePolicy(path: string): PolicyPlace {
  const folder = new FolderWatch(dirname(path));
  const read = async (): Promise<Reading> => {
    // Looked at before the file: what changes from here on is told.
    folder.renew();
    const file = await readPolicyFile(path);
    if (!file.ok) return { kind: "unfit", problem: file.problem, commit: null, note: null };
    return { kind: "read", content: file.text, commit: null, verified: null, note: null };
  };
  return {
    name: path,
    file: path,
    read,
    watch: (changed) => {
      folder.changed = changed;
      folder.renew();
      return folder;
    },
  };
}

/**
 * Tells of changes in a folder, not of the file's own: editors replace a file by rename, and a ConfigMap's mount swaps
 * the link that its files lead through. What the kernel does not tell is found by the next reading.
 */
class FolderWatch {
  changed: (() => void) | null = null;
  readonly #folder: string;
  #watcher: FSWatcher | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A folder that was made anew under the same name is another one. */
  renew(): void {
    this.#watcher?.close();
    this.#watcher = null;
    if (this.changed === null) return;
    try {
      const watcher = watch(this.#folder, { persistent: false }, () => this.changed?.());
      watcher.on("error", () => watcher.close());
      this.#watcher = watcher;
    } catch {
      // No such folder yet, or no watches left on this machine.
    }
  }

  stop(): void {
    this.changed = null;
    this.#watcher?.close();
    this.#watcher = null;
  }
}
