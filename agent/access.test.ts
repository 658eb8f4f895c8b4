import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inClusterAccess, kubeconfigAccess, plainAccess } from "./access.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bootswain-access-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");

function kubeconfig(user: unknown, cluster: unknown = { server: "https://10.0.0.1:6443" }): string {
  return JSON.stringify({
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "k", user: "u" } }],
    clusters: [{ name: "k", cluster }],
    users: [{ name: "u", user }],
  });
}

test("in a pod: address, token and authority of the service account, the token read again", async () => {
  await file("token", "one\n");
  await file("ca.crt", "CA");
  const access = inClusterAccess({ KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "6443" }, folder);
  expect(access.server.href).toBe("https://[fd00::1]:6443/");
  expect(access.token()).toBe("one");
  await file("token", "two\n");
  expect(access.token()).toBe("two");
  expect(String(access.tls.ca)).toBe("CA");
});

test("outside of a cluster the sentence says what to give", () => {
  expect(() => inClusterAccess({})).toThrow(/--kubeconfig FILE, or --server URL/);
});

test("a kubeconfig with data in place", async () => {
  const user = { token: "t", "client-certificate-data": base64("CERT"), "client-key-data": base64("KEY") };
  const cluster = { server: "https://k:6443", "certificate-authority-data": base64("CA") };
  const access = kubeconfigAccess(await file("config", kubeconfig(user, cluster)));
  expect(access.token()).toBe("t");
  expect(access.tls).toEqual({ ca: Buffer.from("CA"), cert: Buffer.from("CERT"), key: Buffer.from("KEY") });
});

test("a kubeconfig with files, which count from its folder", async () => {
  await file("t", "from file");
  await file("ca", "CA");
  const cluster = { server: "https://k:6443", "certificate-authority": "ca" };
  const access = kubeconfigAccess(await file("config", kubeconfig({ tokenFile: "t", token: "in place" }, cluster)));
  expect(access.token()).toBe("from file");
  expect(String(access.tls.ca)).toBe("CA");
});

test("a kubeconfig that trusts any certificate", async () => {
  const cluster = { server: "https://k:6443", "insecure-skip-tls-verify": true };
  expect(kubeconfigAccess(await file("config", kubeconfig({}, cluster))).tls).toEqual({ rejectUnauthorized: false });
});

const WRONG: readonly (readonly [string, string, RegExp, number])[] = [
  ["YAML", "apiVersion: v1\n", /not JSON.*kubectl config view --raw --minify -o json/, 2],
  ["no context", "{}", /names no current-context/, 2],
  ["an unknown context", '{"current-context":"c"}', /has no "c" among its contexts/, 2],
  ["an exec plugin", kubeconfig({ exec: {} }), /signs in by exec/, 2],
  ["no server", kubeconfig({}, {}), /cluster k has no server/, 2],
  ["a server that is no address", kubeconfig({}, { server: "k:6443" }), /no address of an API server/, 2],
  ["a missing token file", kubeconfig({ tokenFile: "gone" }), /can't read .*gone/, 3],
];

test.each(WRONG)("a kubeconfig with %s is refused", async (_what, text, sentence, exitCode) => {
  const path = await file("config", text);
  const refused = (): unknown => kubeconfigAccess(path);
  expect(refused).toThrow(sentence);
  expect(refused).toThrow(expect.objectContaining({ exitCode }));
});

test("plain access by address, token file and authority", async () => {
  const tokenFile = await file("token", "t");
  const access = plainAccess({ server: "http://127.0.0.1:8001", tokenFile, caFile: null });
  expect(access.token()).toBe("t");
  expect(access.tls).toEqual({});
  expect(plainAccess({ server: "https://k", tokenFile: null, caFile: tokenFile }).tls.ca).toEqual(Buffer.from("t"));
});
