import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { certificateOf } from "../admission.ts";
import { nodePath } from "../drain/grounds.ts";
import type { Stage } from "../stage.ts";

interface Asked {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** As in the query. */
  readonly tailLines: string;
}

/** What a kubelet answers when somebody reads logs, for all nodes that name it. */
export class Kubelet {
  readonly asked: Asked[] = [];
  readonly #server: Server;
  readonly #write: (asked: Asked) => string;

  private constructor(server: Server, write: (asked: Asked) => string) {
    this.#server = server;
    this.#write = write;
    server.on("request", (request, response) => {
      const url = new URL(request.url ?? "/", "https://kubelet");
      const [, folder, namespace = "", pod = "", container = ""] = url.pathname.split("/");
      if (folder !== "containerLogs") return void response.writeHead(404).end();
      const asked = { namespace, pod, container, tailLines: url.searchParams.get("tailLines") ?? "" };
      this.asked.push(asked);
      response.setHeader("content-type", "text/plain").end(this.#write(asked));
    });
  }

  static async open(stage: Stage, write: (asked: Asked) => string): Promise<Kubelet> {
    const server = createServer(await certificateOf(stage.plane));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new Kubelet(server, write);
  }

  /** The API server finds the node's kubelet here from now on. */
  async serves(stage: Stage, node: string): Promise<void> {
    const { port } = this.#server.address() as AddressInfo;
    await stage.patch(`${nodePath(node)}/status`, {
      status: {
        addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
        daemonEndpoints: { kubeletEndpoint: { Port: port } },
      },
    });
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
