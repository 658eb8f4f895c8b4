import { expect, test } from "vitest";
import { parseAddress } from "./address.ts";

test.each([
  ["127.0.0.1:9090", { host: "127.0.0.1", port: 9090 }],
  ["localhost:0", { host: "localhost", port: 0 }],
  [":8080", { host: "", port: 8080 }],
  ["[::1]:8080", { host: "::1", port: 8080 }],
  ["9090", null],
  ["localhost", null],
  ["localhost:", null],
  ["localhost:65536", null],
  ["localhost:80a", null],
  ["::1:8080", null],
  ["http://localhost:8080", null],
  ["", null],
])("%s", (text, address) => {
  expect(parseAddress(text)).toEqual(address);
});
