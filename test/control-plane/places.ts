import { randomInt } from "node:crypto";
import { mkdir, mkdtemp } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The folder and the ports of one control plane. */
export interface Places {
  readonly folder: string;
  readonly etcdPort: number;
  readonly etcdPeerPort: number;
  readonly apiPort: number;
}

export async function makePlaces(): Promise<Places> {
  const folder = await mkdtemp(join(tmpdir(), "bootswain-control-plane-"));
  await mkdir(join(folder, "logs"));
  await mkdir(join(folder, "kubeconfigs"));
  return { folder, etcdPort: await freePort(), etcdPeerPort: await freePort(), apiPort: await freePort() };
}

/** Below the range that connections going out take theirs from, so that none takes it before the component does. */
export async function freePort(): Promise<number> {
  const port = randomInt(20_000, 32_000);
  const isFree = await new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
  return isFree ? port : freePort();
}
