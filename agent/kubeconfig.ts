import { dirname, resolve } from "node:path";
import { SetupProblem } from "./setup-problem.ts";

export type Material =
  | { readonly kind: "data"; readonly data: Buffer }
  | { readonly kind: "file"; readonly file: string };

/** What the agent takes from the current context of a kubeconfig. */
export interface Kubeconfig {
  readonly server: string;
  readonly ca: Material | null;
  readonly skipTlsVerify: boolean;
  readonly token: string | null;
  readonly tokenFile: string | null;
  readonly clientCertificate: Material | null;
  readonly clientKey: Material | null;
}

type Fields = ReadonlyMap<string, unknown>;

const NOT_SUPPORTED = ["exec", "auth-provider", "username", "password", "as"];

/** JSON only: the agent carries no YAML parser. Relative paths in it count from its own folder. */
export function parseKubeconfig(text: string, file: string): Kubeconfig {
  const config = fieldsOf(parseJson(text, file));
  const contextName = textOf(config.get("current-context"));
  if (contextName === null) throw new SetupProblem(2, `${file} names no current-context`);
  const context = entry(config, { list: "contexts", name: contextName, holds: "context" }, file);
  const clusterName = textOf(context.get("cluster")) ?? "";
  const userName = textOf(context.get("user")) ?? "";
  const cluster = entry(config, { list: "clusters", name: clusterName, holds: "cluster" }, file);
  const user = entry(config, { list: "users", name: userName, holds: "user" }, file);

  const unsupported = NOT_SUPPORTED.filter((key) => user.has(key));
  if (unsupported.length > 0) {
    throw new SetupProblem(
      2,
      `${file}: user ${userName} signs in by ${unsupported.join(", ")}, which the agent can't; it takes token, tokenFile or a client certificate`,
    );
  }
  const server = textOf(cluster.get("server"));
  if (server === null) throw new SetupProblem(2, `${file}: cluster ${clusterName} has no server`);
  const tokenFile = textOf(user.get("tokenFile"));
  return {
    server,
    ca: material(cluster, "certificate-authority", file),
    skipTlsVerify: cluster.get("insecure-skip-tls-verify") === true,
    token: textOf(user.get("token")),
    tokenFile: tokenFile === null ? null : resolve(dirname(file), tokenFile),
    clientCertificate: material(user, "client-certificate", file),
    clientKey: material(user, "client-key", file),
  };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SetupProblem(
      2,
      `${file} is not JSON, and the agent reads kubeconfigs as JSON only; make one by: kubectl config view --raw --minify -o json`,
    );
  }
}

function entry(config: Fields, what: { list: string; name: string; holds: string }, file: string): Fields {
  const list = config.get(what.list);
  const found = (Array.isArray(list) ? list : []).map(fieldsOf).find((item) => item.get("name") === what.name);
  if (found === undefined) throw new SetupProblem(2, `${file} has no "${what.name}" among its ${what.list}`);
  return fieldsOf(found.get(what.holds));
}

function material(fields: Fields, key: string, file: string): Material | null {
  const data = textOf(fields.get(`${key}-data`));
  if (data !== null) return { kind: "data", data: Buffer.from(data, "base64") };
  const path = textOf(fields.get(key));
  return path === null ? null : { kind: "file", file: resolve(dirname(file), path) };
}

const fieldsOf = (value: unknown): Fields =>
  new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);

const textOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
