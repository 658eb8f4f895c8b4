/** What a call came to, also where the client throws. */
export interface Answer {
  readonly status: number;
  readonly data: unknown;
  /** Of the Link header, which pages it names. */
  readonly pages: string;
  readonly hasTag: boolean;
}

export interface Response {
  readonly status: number;
  readonly data: unknown;
  readonly headers: { readonly link?: string | undefined; readonly etag?: string | undefined };
}

export async function answerOf(call: Promise<Response>): Promise<Answer> {
  return call.then(read, (error: unknown) => {
    if (!isRefusal(error)) throw error;
    return read({ data: null, headers: {}, ...error.response, status: error.status });
  });
}

function read({ status, data, headers }: Response): Answer {
  const pages = [...(headers.link ?? "").matchAll(/rel="(\w+)"/g)].map(([, rel]) => rel).join(" ");
  return { status, data, pages, hasTag: headers.etag !== undefined };
}

function isRefusal(error: unknown): error is { readonly status: number; readonly response?: Response } {
  return error instanceof Error && "status" in error && typeof error.status === "number";
}

type Shape = ReadonlyMap<string, string>;

/** By path, what stands there: a word for what can't be the same on two servers, else the value itself. */
function shapeOf({ data, pages, hasTag }: Answer): Shape {
  const shape = new Map([
    ["its pages", pages],
    ["its tag", `${hasTag}`],
  ]);
  addShape(shape, [], data);
  return shape;
}

function addShape(shape: Map<string, string>, path: readonly (string | number)[], value: unknown): void {
  if (Array.isArray(value)) {
    shape.set([...path, "length"].join("."), `${value.length}`);
    for (const [index, item] of value.entries()) addShape(shape, [...path, index], item);
  } else if (typeof value === "object" && value !== null && !(value instanceof ArrayBuffer)) {
    for (const [name, item] of Object.entries(value)) addShape(shape, [...path, name], item);
  } else {
    shape.set(path.length === 0 ? "all of it" : path.join("."), wordFor(path.at(-1), value));
  }
}

function wordFor(name: string | number | undefined, value: unknown): string {
  if (value instanceof ArrayBuffer) return "bytes";
  if (typeof value === "number" && `${name}`.endsWith("id")) return "an id";
  if (typeof value !== "string") return JSON.stringify(value);
  if (/^[0-9a-f]{40}$/.test(value)) return "a sha";
  if (/^ghs_/.test(value)) return "a token";
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)) return "a time";
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/.test(value)) return "a time with fractions of a second";
  if (/^https?:\/\//.test(value)) return "a link";
  return JSON.stringify(value);
}

/**
 * Where ours says something else than theirs, or something that theirs does not say; one line for all that hangs from a
 * missing name. What only theirs says is not looked at, and of two different codes not what comes with them.
 */
export function differences(ours: Answer, theirs: Answer): readonly string[] {
  if (ours.status !== theirs.status) return [`${ours.status}, theirs ${theirs.status}`];
  const other = shapeOf(theirs);
  const names = new Set([...other.keys()].flatMap((path) => ancestorsOf(path)));
  const lines = [...shapeOf(ours)].map(([path, word]) => {
    const missing = ancestorsOf(path).find((one) => !names.has(one));
    if (missing !== undefined) return `${missing} is missing`;
    return other.get(path) === word ? "" : `${path} ${word}, theirs ${other.get(path) ?? "has more in it"}`;
  });
  return [...new Set(lines.filter((line) => line !== ""))];
}

function ancestorsOf(path: string): readonly string[] {
  const parts = path.split(".");
  return parts.map((_, index) => parts.slice(0, index + 1).join("."));
}
