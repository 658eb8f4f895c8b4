import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Access, GitFailed } from "./git.ts";
import { protocolOf } from "./git-place.ts";

/** What says who the bot is to the server, and how it knows the server. */
export interface AccessFiles {
  readonly tokenFile?: string;
  /** In place of the file, for tokens that end; null for nobody. Rejects with GitFailed. */
  readonly token?: () => Promise<string | null>;
  readonly sshKeyFile?: string;
  readonly knownHostsFile?: string;
  readonly caFile?: string;
}

/** GitHub wants a name beside a token and does not look at it; a name in the URL is used instead. */
const NAME_BESIDE_TOKEN = "x-access-token";
const MOST_TOKEN_LENGTH = 4096;

/** Read at each reading, so that a token that was changed counts. Rejects with GitFailed. */
export async function accessTo(url: string, files: AccessFiles): Promise<Access> {
  const protocol = protocolOf(url);
  if (protocol === null) throw new GitFailed("its protocol is not one of https, ssh and file");
  const allowed = { GIT_ALLOW_PROTOCOL: protocol };
  switch (protocol) {
    case "file":
      return { env: allowed, secrets: [] };
    case "ssh":
      return { env: { ...allowed, GIT_SSH_VARIANT: "ssh", GIT_SSH_COMMAND: sshCommand(files) }, secrets: [] };
    case "https":
      return overHttps(url, files, allowed);
    default:
      return protocol satisfies never;
  }
}

async function overHttps(url: string, files: AccessFiles, allowed: Access["env"]): Promise<Access> {
  const trusted = files.caFile === undefined ? {} : { GIT_SSL_CAINFO: resolve(files.caFile) };
  const token = await tokenOf(files);
  if (token === null) return { env: { ...allowed, ...trusted }, secrets: [] };
  const name = decodeURIComponent(new URL(url).username) || NAME_BESIDE_TOKEN;
  const basic = Buffer.from(`${name}:${token}`).toString("base64");
  const settings = settingsAsEnvironment([
    ["http.extraHeader", `Authorization: Basic ${basic}`],
    // The header would go wherever the server sends.
    ["http.followRedirects", "false"],
  ]);
  return { env: { ...allowed, ...trusted, ...settings }, secrets: [token, basic] };
}

async function tokenOf({ token, tokenFile }: AccessFiles): Promise<string | null> {
  if (token !== undefined) return token();
  return tokenFile === undefined ? null : tokenIn(tokenFile);
}

function settingsAsEnvironment(settings: readonly (readonly [string, string])[]): Record<string, string> {
  const pairs = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(settings.length), ...Object.fromEntries(pairs) };
}

/** Read at each use. Rejects with GitFailed. */
export async function tokenIn(file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const why = error instanceof Error && "code" in error ? error.code : error;
    throw new GitFailed(`the token file ${file} can't be read (${why}); check --policy-token-file`, error);
  }
  const token = text.trim();
  if (token === "" || token.length > MOST_TOKEN_LENGTH || !/^[\x21-\x7e]+$/.test(token))
    throw new GitFailed(`the token file ${file} does not hold one token and nothing else; check --policy-token-file`);
  return token;
}

/** Host keys are always checked; without a file of its own, by the known hosts of this user and this machine. */
function sshCommand({ sshKeyFile, knownHostsFile }: AccessFiles): string {
  const options = ["BatchMode=yes", "StrictHostKeyChecking=yes", "ConnectTimeout=20", "ForwardAgent=no"];
  if (knownHostsFile !== undefined)
    options.push(`UserKnownHostsFile=${fileOption(knownHostsFile)}`, "GlobalKnownHostsFile=/dev/null");
  if (sshKeyFile !== undefined) options.push("IdentitiesOnly=yes", `IdentityFile=${fileOption(sshKeyFile)}`);
  return ["ssh", "-F", "/dev/null", ...options.flatMap((option) => ["-o", quoted(option)])].join(" ");
}

/** For ssh a space begins another file, and a percent sign a name that it fills in. */
const fileOption = (file: string): string => `"${resolve(file).replaceAll("%", "%%")}"`;

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
