import { readFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { json } from "node:stream/consumers";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import type { JsonObject } from "../control-plane/json.ts";
import { mustSend } from "../control-plane/rest.ts";
import { read } from "./stage.ts";

/** Null lets the request pass; else the API server answers with this. */
export type Verdict = null | {
  readonly code: number;
  readonly message: string;
  readonly details?: { readonly retryAfterSeconds: number };
};

interface AdmissionSettings {
  readonly name: string;
  /** As in a webhook's configuration. */
  readonly rule: JsonObject;
  /** Asked with the `request` of an AdmissionReview. The API server waits for the answer. */
  readonly judge: (asked: unknown) => Promise<Verdict>;
}

/** What the API server's own certificate is good for: 127.0.0.1, too. */
export async function certificateOf(plane: ControlPlane): Promise<{ readonly cert: Buffer; readonly key: Buffer }> {
  const cert = await readFile(plane.caFile);
  return { cert, key: await readFile(join(dirname(plane.caFile), "apiserver.key")) };
}

/** An admission webhook of the test. */
export async function openAdmission(plane: ControlPlane, settings: AdmissionSettings): Promise<{ close(): void }> {
  const { name, rule, judge } = settings;
  const { cert, key } = await certificateOf(plane);
  const server = createServer({ cert, key }, async (request, response) => {
    const asked = read(await json(request), "request");
    const verdict = await judge(asked);
    const answer = {
      uid: read(asked, "uid"),
      allowed: verdict === null,
      ...(verdict === null ? {} : { status: verdict }),
    };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: answer }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await mustSend(plane.rest, "POST", "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name },
    webhooks: [
      {
        name: `${name}.test.bootswain.dev`,
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
        failurePolicy: "Fail",
        timeoutSeconds: 30,
        clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle: cert.toString("base64") },
        rules: [rule],
      },
    ],
  });
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { close };
}
