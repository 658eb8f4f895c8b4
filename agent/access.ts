import { readFileSync } from "node:fs";
import { parseKubeconfig } from "./kubeconfig.ts";
import { SetupProblem } from "./setup-problem.ts";

export interface TlsSettings {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly rejectUnauthorized?: boolean;
}

/** How to reach the API server, and as whom. */
export interface Access {
  readonly server: URL;
  /** Read for each request: the kubelet renews service account tokens on disk. Null for none. */
  readonly token: () => string | null;
  readonly tls: TlsSettings;
}

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

export function inClusterAccess(
  env: Readonly<Record<string, string | undefined>>,
  directory: string = SERVICE_ACCOUNT,
): Access {
  const host = env["KUBERNETES_SERVICE_HOST"] ?? "";
  if (host === "") {
    throw new SetupProblem(
      2,
      "this is no pod of a cluster (KUBERNETES_SERVICE_HOST is not set); give --kubeconfig FILE, or --server URL with --token-file FILE and --ca-file FILE",
    );
  }
  const name = host.includes(":") ? `[${host}]` : host;
  const server = parseServer(`https://${name}:${env["KUBERNETES_SERVICE_PORT"] ?? "443"}`, "KUBERNETES_SERVICE_HOST");
  return { server, token: tokenFrom(`${directory}/token`), tls: { ca: readNeeded(`${directory}/ca.crt`) } };
}

export interface PlainAccess {
  readonly server: string;
  readonly tokenFile: string | null;
  readonly caFile: string | null;
}

export function plainAccess(settings: PlainAccess): Access {
  return {
    server: parseServer(settings.server, "--server"),
    token: settings.tokenFile === null ? () => null : tokenFrom(settings.tokenFile),
    tls: settings.caFile === null ? {} : { ca: readNeeded(settings.caFile) },
  };
}

export function kubeconfigAccess(file: string): Access {
  const config = parseKubeconfig(readNeeded(file).toString("utf8"), file);
  const { tokenFile, token } = config;
  const load = (material: typeof config.ca): string | Buffer | null =>
    material === null ? null : material.kind === "data" ? material.data : readNeeded(material.file);
  const ca = load(config.ca);
  const cert = load(config.clientCertificate);
  const key = load(config.clientKey);
  return {
    server: parseServer(config.server, file),
    // As kubectl does: the file wins over a token in place.
    token: tokenFile === null ? () => token : tokenFrom(tokenFile),
    tls: {
      ...(ca === null ? {} : { ca }),
      ...(cert === null ? {} : { cert }),
      ...(key === null ? {} : { key }),
      ...(config.skipTlsVerify ? { rejectUnauthorized: false } : {}),
    },
  };
}

function parseServer(text: string, from: string): URL {
  const server = URL.canParse(text) ? new URL(text) : null;
  if (server === null || (server.protocol !== "https:" && server.protocol !== "http:")) {
    throw new SetupProblem(2, `${from}: "${text}" is no address of an API server; it looks like https://10.0.0.1:6443`);
  }
  return server;
}

/** Read once now, so that a wrong path is said at the start; later the file may be missing for a moment. */
function tokenFrom(file: string): () => string {
  readNeeded(file);
  return () => readFileSync(file, "utf8").trim();
}

export function readNeeded(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new SetupProblem(3, `can't read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
