import { parseArgs } from "node:util";
import { SetupProblem } from "./setup-problem.ts";

export type AccessChoice =
  | { readonly kind: "inCluster" }
  | { readonly kind: "kubeconfig"; readonly file: string }
  | {
      readonly kind: "plain";
      readonly server: string;
      readonly tokenFile: string | null;
      readonly caFile: string | null;
    };

export interface Arguments {
  readonly node: string;
  readonly hostRoot: string;
  readonly sentinel: string;
  readonly rebootCommand: string;
  readonly access: AccessChoice;
  readonly timingsFile: string | null;
}

export const USAGE = `bootswain-agent --node NAME --reboot-command COMMAND [options]

Reports that its host needs a reboot, and reboots it when ordered to.

  --node NAME             this host's Node; default: the environment's NODE_NAME
  --reboot-command TEXT   how to reboot, run by /bin/sh -c
  --host-root DIR         where the host's root directory is seen; default: /host
  --sentinel PATH         the file on the host that asks for a reboot; default: /var/run/reboot-required
  --kubeconfig FILE       a kubeconfig in JSON (kubectl config view --raw --minify -o json)
  --server URL            instead: the API server, with
  --token-file FILE         a bearer token and
  --ca-file FILE            the certificate authority; without any of these: the pod's service account
  --timings FILE          JSON with heartbeat, backoffFirst, backoffMost, callDeadline, detectEvery in milliseconds
  --help
`;

const OPTIONS = {
  node: { type: "string" },
  "reboot-command": { type: "string" },
  "host-root": { type: "string" },
  sentinel: { type: "string" },
  kubeconfig: { type: "string" },
  server: { type: "string" },
  "token-file": { type: "string" },
  "ca-file": { type: "string" },
  timings: { type: "string" },
  help: { type: "boolean" },
} as const;

type Env = Readonly<Record<string, string | undefined>>;

/** Null when help was asked for. Throws a SetupProblem for what can't be used. */
export function parseArguments(argv: readonly string[], env: Env): Arguments | null {
  const given = parse(argv);
  if (given.help === true) return null;
  const node = given.node ?? env["NODE_NAME"] ?? "";
  if (node === "") throw wrong("which Node is this? Give --node NAME or set NODE_NAME");
  const rebootCommand = given["reboot-command"] ?? "";
  if (rebootCommand.trim() === "") {
    throw wrong("how is this host rebooted? Give --reboot-command, such as --reboot-command 'systemctl reboot'");
  }
  const sentinel = given.sentinel ?? "/var/run/reboot-required";
  if (!sentinel.startsWith("/"))
    throw wrong(`--sentinel must be a path from the host's root, and "${sentinel}" is not`);
  return {
    node,
    rebootCommand,
    sentinel,
    hostRoot: given["host-root"] ?? "/host",
    access: chooseAccess(given),
    timingsFile: given.timings ?? null,
  };
}

type Given = ReturnType<typeof parse>;

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    // parseArgs explains itself, with a second sentence on how to escape that helps nobody here.
    throw wrong(error instanceof Error ? (error.message.split(". ")[0] ?? error.message) : String(error));
  }
}

function chooseAccess(given: Given): AccessChoice {
  const { kubeconfig, server } = given;
  const tokenFile = given["token-file"] ?? null;
  const caFile = given["ca-file"] ?? null;
  if (kubeconfig !== undefined && (server !== undefined || tokenFile !== null || caFile !== null)) {
    throw wrong("give either --kubeconfig or --server with --token-file and --ca-file, not both");
  }
  if (kubeconfig !== undefined) return { kind: "kubeconfig", file: kubeconfig };
  if (server !== undefined) return { kind: "plain", server, tokenFile, caFile };
  if (tokenFile !== null || caFile !== null) throw wrong("--token-file and --ca-file go with --server URL");
  return { kind: "inCluster" };
}

const wrong = (sentence: string): SetupProblem => new SetupProblem(2, `${sentence} (see --help)`);
