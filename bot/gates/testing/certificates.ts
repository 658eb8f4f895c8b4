import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Certified } from "./lying-server.ts";

/** A CA of one test, in a folder of that test. */
export class TestCa {
  readonly file: string;
  readonly #folder: string;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.file = join(folder, `${name}.pem`);
    this.#make(name, ["-subj", `/CN=${name}`]);
  }

  /** A server's certificate, for one name such as IP:127.0.0.1 or DNS:example.com. */
  sign(name: string): Certified {
    const issuer = ["-CA", this.file, "-CAkey", this.file.replace(/\.pem$/, ".key")];
    this.#make("server", ["-subj", "/CN=server", "-addext", `subjectAltName=${name}`, ...issuer]);
    const read = (ending: string): string => readFileSync(join(this.#folder, `server.${ending}`), "utf8");
    return { key: read("key"), cert: read("pem") };
  }

  #make(name: string, args: readonly string[]): void {
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-keyout", `${name}.key`];
    execFileSync("openssl", ["req", "-x509", "-days", "1", ...key, "-out", `${name}.pem`, ...args], {
      cwd: this.#folder,
      stdio: "pipe",
    });
  }
}
