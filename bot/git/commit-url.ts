const SSH_AS_GIT_WRITES_IT = /^(?:[^\s@/:]+@)?([^\s/:]+):(?!\/\/)(.+)$/;

/** Where the pages of these hosts show a commit. */
const PAGES: ReadonlyMap<string, string> = new Map([
  ["github.com", "commit"],
  ["gitlab.com", "-/commit"],
]);

/** Where people see a commit of this repository in a browser; null for a host whose pages nobody here knows. */
export function commitUrl(repositoryUrl: string, commit: string): string | null {
  const [host, path] = hostAndPath(repositoryUrl);
  const page = PAGES.get(host.toLowerCase());
  const repository = path.replace(/^\/+|\/+$/g, "").replace(/\.git$/, "");
  if (page === undefined || !/^[\w.-]+(\/[\w.-]+)+$/.test(repository)) return null;
  return `https://${host.toLowerCase()}/${repository}/${page}/${commit}`;
}

function hostAndPath(url: string): readonly [string, string] {
  const scp = SSH_AS_GIT_WRITES_IT.exec(url);
  if (scp !== null) return [scp[1] ?? "", scp[2] ?? ""];
  const parsed = URL.parse(url);
  return parsed === null || !/^(https|ssh):$/.test(parsed.protocol) ? ["", ""] : [parsed.hostname, parsed.pathname];
}
