import { request } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { type Body, BodyReader } from "./body.ts";
import { serve } from "./server.ts";

/** A server that reads bodies of at most 10 bytes, 15 together. */
async function aReader() {
  const reader = new BodyReader({ most: 10, mostTogether: 15 });
  const read: Body[] = [];
  const begun = Promise.withResolvers<void>();
  const answer = async (asked: Parameters<BodyReader["read"]>[0]) => {
    begun.resolve();
    const body = await reader.read(asked);
    read.push(body);
    return { code: body.kind === "read" ? 200 : 413, body: body.kind === "read" ? body.bytes.toString() : body.kind };
  };
  const server = await serve({ host: "127.0.0.1", port: 0 }, [{ path: "/", methods: ["POST"], answer }]);
  onTestFinished(() => server.stop());
  /** Sent in chunks, so that nobody says beforehand how long it becomes. */
  const send = () => {
    const sending = request({ port: server.port, host: "127.0.0.1", method: "POST" });
    sending.on("error", () => {});
    const answered = new Promise<string>((resolve) => {
      sending.on("response", (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        response.on("end", () => resolve(`${response.statusCode} ${text}`));
      });
    });
    return { sending, answered };
  };
  return { read, send, begun: begun.promise, port: server.port };
}

test("a body of as much as may come is read whole", async () => {
  const { send } = await aReader();
  const { sending, answered } = send();
  sending.write("12345");
  sending.end("67890");
  expect(await answered).toBe("200 1234567890");
});

test("one that grows larger is answered before its end, and its sender is heard out", async () => {
  const { send } = await aReader();
  const { sending, answered } = send();
  sending.write("12345");
  sending.write("678901");
  expect(await answered).toBe("413 large");
  sending.end("and more");
});

test("one that says that it is larger is not read at all", async () => {
  const { port } = await aReader();
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: "12345678901" });
  expect([answer.status, await answer.text()]).toEqual([413, "large"]);
});

test("bodies that come together take no more room than that, and give it back", async () => {
  const { read, send } = await aReader();
  const both = [send(), send()];
  for (const { sending } of both) sending.write("1234567890");
  // Whichever came later.
  expect(await Promise.race(both.map(({ answered }) => answered))).toBe("413 busy");
  for (const { sending } of both) sending.end();
  const answers = await Promise.all(both.map(({ answered }) => answered));
  expect(answers.toSorted()).toEqual(["200 1234567890", "413 busy"]);
  const third = send();
  third.sending.end("1234567890");
  expect(await third.answered).toBe("200 1234567890");
  expect(read.map(({ kind }) => kind)).toEqual(["busy", "read", "read"]);
});

test("one that ends before its end is cut", async () => {
  const { read, send, begun } = await aReader();
  const { sending } = send();
  sending.write("12");
  await begun;
  sending.destroy();
  await expect.poll(() => read.map(({ kind }) => kind)).toEqual(["cut"]);
});
