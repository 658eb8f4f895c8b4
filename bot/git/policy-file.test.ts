import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Disk, localDisk, MOST_BYTES, type OpenFile, readPolicyFile } from "./policy-file.ts";

let folder = "";
let path = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bootswain-policy-"));
  path = join(folder, "policy.yaml");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const problemOf = async (at: string, disk?: Disk): Promise<string> => {
  const file = await readPolicyFile(at, disk);
  return file.ok ? `no problem: ${file.text.slice(0, 40)}` : file.problem;
};

/** As kubelet mounts it; the name says which of its versions is the one of now. */
function mountConfigMap(version: string, text: string): void {
  mkdirSync(join(folder, version));
  writeFileSync(join(folder, version, "policy.yaml"), text);
  rmSync(join(folder, "..data"), { force: true });
  symlinkSync(version, join(folder, "..data"));
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: it failed`), { code });
}

test.each([
  ["a plain text", "kind: RebootPolicy\n"],
  ["an empty file, which the parser judges", ""],
  ["a byte order mark and CRLF, which the parser judges", "\uFEFFkind: x\r\n"],
  ["characters of two, three and four bytes", "# é € 🚢\n"],
  ["exactly the largest size", "x".repeat(MOST_BYTES)],
])("%s is read as it is", async (_, text) => {
  writeFileSync(path, text);
  expect(await readPolicyFile(path)).toEqual({ ok: true, text });
});

test("a ConfigMap's file is read through its links", async () => {
  mountConfigMap("..2026_11_24", "cluster: one");
  symlinkSync("..data/policy.yaml", path);
  expect(await readPolicyFile(path)).toEqual({ ok: true, text: "cluster: one" });
});

test("a ConfigMap that is swapped between look and open is read anew", async () => {
  mountConfigMap("..old", "cluster: old");
  symlinkSync("..data/policy.yaml", path);
  const swapped: Disk = {
    ...localDisk,
    open: (at, flags) => {
      if (at.includes("..old")) {
        mountConfigMap("..new", "cluster: new");
        rmSync(join(folder, "..old"), { recursive: true });
      }
      return localDisk.open(at, flags);
    },
  };
  expect(await readPolicyFile(path, swapped)).toEqual({ ok: true, text: "cluster: new" });
});

test("a file in a folder that is itself a link is read", async () => {
  writeFileSync(path, "cluster: one");
  const link = join(folder, "link");
  symlinkSync(folder, link);
  expect(await readPolicyFile(join(link, "policy.yaml"))).toEqual({ ok: true, text: "cluster: one" });
});

test.each<readonly [string, () => void, string]>([
  ["a missing file", () => {}, "does not exist; check the path."],
  ["a directory", () => mkdirSync(path), "is a directory; name the policy's file in it."],
  [
    "a pipe that nobody writes to",
    () => void execFileSync("mkfifo", [path]),
    "is a pipe; a policy must be a regular file.",
  ],
  [
    "a file that is too large",
    () => writeFileSync(path, "x".repeat(MOST_BYTES + 1)),
    "is larger than 256 KiB; check that this is the policy's file.",
  ],
  [
    "a file of a gigabyte",
    () => {
      writeFileSync(path, "");
      truncateSync(path, 2 ** 30);
    },
    "is larger than 256 KiB; check that this is the policy's file.",
  ],
  [
    "a link to a secret",
    () => symlinkSync("/etc/passwd", path),
    "is a symbolic link that leads out of its folder, to /etc/passwd; put the policy's file itself there.",
  ],
  [
    "a link to a link to a secret",
    () => {
      symlinkSync("/etc/passwd", join(folder, "inner"));
      symlinkSync("inner", path);
    },
    "is a symbolic link that leads out of its folder, to /etc/passwd; put the policy's file itself there.",
  ],
  [
    "a dangling link",
    () => symlinkSync("..data/policy.yaml", path),
    "is a symbolic link to ..data/policy.yaml, which does not exist; mend or remove the link.",
  ],
  [
    "a link to itself",
    () => symlinkSync("policy.yaml", path),
    "is a symbolic link that leads back to itself; put the policy's file there.",
  ],
  [
    "Latin-1",
    () => writeFileSync(path, Buffer.from("# Zo\xeb", "latin1")),
    "is not UTF-8 at byte offset 4; save it as UTF-8.",
  ],
  ["UTF-16", () => writeFileSync(path, "\uFEFFkind", "utf16le"), "is not UTF-8 at byte offset 0; save it as UTF-8."],
  [
    "a text cut within a character",
    () => writeFileSync(path, Buffer.from("é€").subarray(0, 4)),
    "is not UTF-8 at byte offset 2; save it as UTF-8.",
  ],
])("%s is a problem that says what to do", async (_, make, problem) => {
  make();
  expect(await problemOf(path)).toBe(`The policy ${path} ${problem}`);
});

test("a folder beside its own whose name begins alike is outside", async () => {
  mkdirSync(join(folder, "conf"));
  mkdirSync(join(folder, "conf-secret"));
  writeFileSync(join(folder, "conf-secret", "policy.yaml"), "secret");
  symlinkSync("../conf-secret/policy.yaml", join(folder, "conf", "policy.yaml"));
  expect(await problemOf(join(folder, "conf", "policy.yaml"))).toMatch(/leads out of its folder/);
});

test("a socket is a problem", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  try {
    expect(await problemOf(path)).toBe(`The policy ${path} is a socket; a policy must be a regular file.`);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

test.each([
  ["an empty path", "", "The policy's path is empty; name the policy's file."],
  ["a device", "/dev/zero", "The policy /dev/zero is a device; a policy must be a regular file."],
  ["a zero byte", "a\0b", 'The policy "a\\u0000b" does not exist: a path can\'t hold a zero byte; check the path.'],
  ["a line break in the name", "/no\nwhere", 'The policy "/no\\nwhere" does not exist; check the path.'],
  [
    "a path through a file",
    "/etc/passwd/policy.yaml",
    "The policy /etc/passwd/policy.yaml does not exist: a part of its path is a file, no directory; check the path.",
  ],
  [
    "an endless name",
    "x".repeat(5_000),
    `The policy ${"x".repeat(5_000)} does not exist: the path is too long; check the path.`,
  ],
])("%s is a problem", async (_, at, problem) => {
  expect(await problemOf(at)).toBe(problem);
});

test.each<readonly [string, keyof Disk, string, string]>([
  [
    "a file this user may not open",
    "open",
    "EACCES",
    "can't be read: permission denied; give this user the right to read it.",
  ],
  [
    "a folder this user may not enter",
    "realPath",
    "EACCES",
    "can't be read: permission denied; give this user the right to read it.",
  ],
  ["a broken disk", "open", "EIO", "can't be read: EIO: it failed; check the file and its disk."],
  ["a file that goes while it is looked at", "stat", "ENOENT", "does not exist; check the path."],
])("%s is a problem", async (_, call, code, problem) => {
  const broken: Disk = {
    ...localDisk,
    target: () => Promise.reject(failure("EINVAL")),
    [call]: () => Promise.reject(failure(code)),
  };
  writeFileSync(path, "cluster: one");
  expect(await problemOf(path, broken)).toBe(`The policy ${path} ${problem}`);
});

test("a file that grows while it is read is read no further than the limit, and closed", async () => {
  writeFileSync(path, "small");
  let readBytes = 0;
  let isClosed = false;
  const growing: Disk = {
    ...localDisk,
    open: async (at, flags): Promise<OpenFile> => {
      const file = await localDisk.open(at, flags);
      return {
        stat: async () => {
          const facts = await file.stat();
          appendFileSync(path, "x".repeat(2 * MOST_BYTES));
          return facts;
        },
        read: async (buffer, offset) => {
          const result = await file.read(buffer, offset);
          readBytes += result.bytesRead;
          return result;
        },
        close: async () => {
          isClosed = true;
          await file.close();
        },
      };
    },
  };
  expect(await problemOf(path, growing)).toMatch(/is larger than 256 KiB/);
  expect(readBytes).toBe(MOST_BYTES + 1);
  expect(isClosed).toBe(true);
});

test("the offset is that of the first byte that is wrong", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom(0xff, 0xc0, 0x80, 0xe2),
      fc.string(),
      async (before, wrong, after) => {
        writeFileSync(path, Buffer.concat([Buffer.from(before), Buffer.from([wrong]), Buffer.from(after)]));
        expect(await problemOf(path)).toContain(`not UTF-8 at byte offset ${Buffer.byteLength(before)};`);
      },
    ),
    { numRuns: 200 },
  );
});
