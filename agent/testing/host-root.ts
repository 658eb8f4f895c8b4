import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder that looks like a host's root directory; remove() takes it away. */
export class HostRoot {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(bootId = "boot-1"): Promise<HostRoot> {
    const root = new HostRoot(await mkdtemp(join(tmpdir(), "bootswain-host-")));
    await root.write("/proc/sys/kernel/random/boot_id", `${bootId}\n`);
    await root.write("/proc/stat", "cpu  1 2 3\nbtime 1764000000\nprocesses 9\n");
    await root.write("/proc/sys/kernel/osrelease", "5.14.0-427.el9\n");
    await root.write("/etc/os-release", 'NAME="AlmaLinux"\nPRETTY_NAME="AlmaLinux 9.4"\n');
    return root;
  }

  at(path: string): string {
    return join(this.path, path);
  }

  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(this.at(path)), { recursive: true });
    await writeFile(this.at(path), text);
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
