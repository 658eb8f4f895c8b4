import { expect, test } from "vitest";
import type { Endpoint } from "./endpoint.ts";
import { fitToShow, oneLine, whyUnanswered } from "./trouble.ts";

const endpoint: Endpoint = { program: "Prometheus", base: "https://prometheus.example.com", tokenFile: null, ca: null };

/** Those that a server on loopback can't bring about. */
test.each([
  ["a name that nobody knows", "ENOTFOUND", "can't be found: its name is not in DNS (ENOTFOUND)"],
  ["DNS that does not answer", "EAI_AGAIN", "can't be found: its name is not in DNS (EAI_AGAIN)"],
  ["a network without a way", "EHOSTUNREACH", "can't be reached over the network (EHOSTUNREACH)"],
  ["packets that are dropped", "ETIMEDOUT", "can't be reached over the network (ETIMEDOUT)"],
  [
    "a certificate of the past",
    "CERT_HAS_EXPIRED",
    "shows a certificate that is not trusted (CERT_HAS_EXPIRED): check --prometheus-ca-file and the name in its address",
  ],
  ["anything else", "EMFILE", "could not be asked: it failed"],
])("%s", (_, code, expected) => {
  const error = Object.assign(new Error("it failed."), { code });
  expect(whyUnanswered(endpoint, error)).toBe(`Prometheus at https://prometheus.example.com ${expected}`);
});

test.each([
  ["line breaks and control characters become spaces", "a\n\tb\u0000\u001b[31mc", "a b [31mc"],
  ["the end of a sentence has no full stop", "It failed.", "It failed"],
])("%s", (_, text, expected) => {
  expect(oneLine(text)).toBe(expected);
});

test.each([
  ["a long reason is cut", "x".repeat(1_000), `${"x".repeat(400)}…`],
  ["a token is taken out", "it said Bearer a/b+c=, twice: a/b+c=", "it said Bearer …, twice: …"],
  ["a token of a redirect's path is taken out", "http://x/a%2Fb%2Bc%3D/login", "http://x/…/login"],
  ["a token is taken out before the cut", `${"x".repeat(397)}a/b+c=`, `${"x".repeat(397)}…`],
])("%s", (_, why, expected) => {
  expect(fitToShow(why, "a/b+c=")).toBe(expected);
});
