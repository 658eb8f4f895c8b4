import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where these tests can't run; on CI its absence is a failure, elsewhere it is said. */
export function isWithoutSshKeygen(tests: string): boolean {
  const isThere = spawnSync("ssh-keygen", ["-?"]).error === undefined;
  if (isThere || process.env["CI"] === "true") return false;
  process.stderr.write(`skipped: ${tests} (no ssh-keygen on PATH). Install with apt-get install openssh-client\n`);
  return true;
}

/** SSH keys and a file of allowed signers, in a folder of one test. */
export class SigningKeys {
  readonly file: string;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.file = join(folder, "allowed signers");
    this.allow();
  }

  /** The private key's file. */
  make(name: string): string {
    const file = join(this.#folder, name);
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file]);
    return file;
  }

  /** These and no others, from now on. */
  allow(...names: readonly string[]): void {
    writeFileSync(this.file, names.map((name) => this.lineOf(name)).join(""));
  }

  lineOf(name: string, options = 'namespaces="git"'): string {
    const [kind, key] = readFileSync(join(this.#folder, `${name}.pub`), "utf8").split(" ");
    return `${name}@example.com ${options} ${kind} ${key}\n`;
  }
}
