import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EndpointOptions, EndpointProblem, endpointOf } from "./endpoint.ts";
import { TestCa } from "./testing/certificates.ts";

let folder = "";
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bootswain-endpoint-"));
  writeFileSync(at("token"), "s3cret\n");
  writeFileSync(at("empty"), "\n");
  new TestCa(folder, "ca");
});

afterAll(() => rmSync(folder, { recursive: true }));

const NOTHING: EndpointOptions = { url: undefined, tokenFile: undefined, caFile: undefined };
const prometheus = (options: Partial<EndpointOptions>) => endpointOf("Prometheus", { ...NOTHING, ...options });

test.each([
  ["a plain URL", "http://prometheus:9090", "http://prometheus:9090"],
  ["a slash at its end", "http://prometheus:9090/", "http://prometheus:9090"],
  ["a path before the API's", "https://example.com/prometheus/", "https://example.com/prometheus"],
  ["a port that is the scheme's own", "https://example.com:443", "https://example.com"],
  ["an address of IPv6", "http://[::1]:9090", "http://[::1]:9090"],
])("%s is fine", (_, url, base) => {
  expect(prometheus({ url })).toEqual({ program: "Prometheus", base, tokenFile: null, ca: null });
});

test("without a URL there is no endpoint", () => {
  expect(prometheus({})).toBeNull();
});

test("the token's file is kept, and not the token", () => {
  const endpoint = prometheus({ url: "https://example.com", tokenFile: at("token"), caFile: at("ca.pem") });
  expect(endpoint?.tokenFile).toBe(at("token"));
  expect(endpoint?.ca).toContain("BEGIN CERTIFICATE");
  expect(JSON.stringify(endpoint)).not.toContain("s3cret");
});

test.each<readonly [string, () => Partial<EndpointOptions>, RegExp]>([
  [
    "no URL, and it is not repeated",
    () => ({ url: "http://me:hunter 2@x:y" }),
    /^--prometheus is no URL\. Give one such as [^@]*$/,
  ],
  [
    "a host alone",
    () => ({ url: "prometheus:9090" }),
    /^--prometheus starts with prometheus: and must start with http/,
  ],
  ["another scheme", () => ({ url: "ftp://example.com" }), /^--prometheus starts with ftp: and must/],
  [
    "a password",
    () => ({ url: "http://me:hunter2@x" }),
    /^--prometheus must not carry a user or a password\. ((?!hunter2).)*$/,
  ],
  ["a user alone", () => ({ url: "http://me@x" }), /must not carry a user/],
  ["a query", () => ({ url: "http://x/?a=b" }), /^--prometheus must end with its path/],
  [
    "a token without an endpoint",
    () => ({ tokenFile: at("token") }),
    /^--prometheus-token-file is of no use without --prometheus/,
  ],
  [
    "a CA without an endpoint",
    () => ({ caFile: at("ca.pem") }),
    /^--prometheus-ca-file is of no use without --prometheus/,
  ],
  ["a CA without TLS", () => ({ url: "http://x", caFile: at("ca.pem") }), /^--prometheus-ca-file needs an https:/],
  [
    "a token file that is not there",
    () => ({ url: "http://x", tokenFile: at("none") }),
    /none can't be read \(ENOENT\)\. Check --prometheus-token-file/,
  ],
  ["a token file that is a folder", () => ({ url: "http://x", tokenFile: folder }), /can't be read \(EISDIR\)/],
  ["an empty token file", () => ({ url: "http://x", tokenFile: at("empty") }), /empty is empty: put a token into it/],
  [
    "a CA file that is not there",
    () => ({ url: "https://x", caFile: at("none") }),
    /none can't be read \(ENOENT\)\. Check --prometheus-ca-file/,
  ],
  [
    "a CA file with something else",
    () => ({ url: "https://x", caFile: at("token") }),
    /token holds no certificate in PEM\. Check --prometheus-ca-file/,
  ],
])("%s is refused", (_, options, message) => {
  expect(() => prometheus(options())).toThrow(EndpointProblem);
  expect(() => prometheus(options())).toThrow(message);
});
