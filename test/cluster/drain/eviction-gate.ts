import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { json } from "node:stream/consumers";
import type { ControlPlane } from "../../control-plane/control-plane.ts";
import { mustSend } from "../../control-plane/rest.ts";
import { read } from "../stage.ts";

/** Null lets the eviction pass; else the API server answers with this. */
type Verdict = null | {
  readonly code: number;
  readonly message: string;
  readonly details?: { readonly retryAfterSeconds: number };
};

/** Asked about an eviction before the API server looks at the pod: whatever it does meanwhile is what the server then finds. */
type Guard = (pod: string) => Promise<Verdict> | Verdict;

/**
 * An admission webhook for evictions that are not dry runs. It makes those races happen for certain that are rare otherwise,
 * since the API server reads the pod only after its webhooks have answered (registry/core/pod/storage/eviction.go).
 */
export class EvictionGate {
  readonly #server: Server;
  readonly #guards = new Map<string, Guard>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(plane: ControlPlane): Promise<EvictionGate> {
    // The API server's own certificate is for 127.0.0.1 too.
    const cert = await readFile(plane.caFile);
    const key = await readFile(join(dirname(plane.caFile), "apiserver.key"));
    const gate = new EvictionGate(createServer({ cert, key }));
    gate.#server.on("request", async (request, response) => {
      const asked = read(await json(request), "request");
      const verdict = await gate.#judge(asked);
      const answer = {
        uid: read(asked, "uid"),
        allowed: verdict === null,
        ...(verdict === null ? {} : { status: verdict }),
      };
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: answer }));
    });
    await new Promise<void>((resolve) => gate.#server.listen(0, "127.0.0.1", resolve));
    await mustSend(plane.rest, "POST", "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      metadata: { name: "evictions" },
      webhooks: [
        {
          name: "evictions.test.bootswain.dev",
          admissionReviewVersions: ["v1"],
          sideEffects: "None",
          failurePolicy: "Fail",
          timeoutSeconds: 30,
          clientConfig: { url: `https://127.0.0.1:${gate.#port()}/`, caBundle: cert.toString("base64") },
          rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods/eviction"] }],
        },
      ],
    });
    return gate;
  }

  /** From now on this is asked about each eviction in the namespace. */
  guard(namespace: string, guard: Guard): void {
    this.#guards.set(namespace, guard);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async #judge(asked: unknown): Promise<Verdict> {
    if (read(asked, "dryRun") === true) return null;
    const guard = this.#guards.get(String(read(asked, "namespace")));
    return (await guard?.(String(read(asked, "name")))) ?? null;
  }
}
