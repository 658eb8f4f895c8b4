export interface Known {
  /** Of "call: difference". */
  readonly where: RegExp;
  /** Who is right about github.com, and why. */
  readonly why: string;
}

/**
 * All in which the package `emulate` differs from the emulated GitHub of this project. The real one answers as ours
 * does wherever nothing else is said.
 */
export const KNOWN: readonly Known[] = [
  { where: /: its tag true, theirs false$/, why: "the package sends no ETags" },
  { where: /^file that is the same: 304, theirs 200$/, why: "nor does it know unchanged answers" },
  { where: /a time, theirs a time with fractions of a second$/, why: "GitHub's times end with the second" },
  { where: /: status is missing$/, why: "GitHub repeats the code in the body of a refusal" },
  { where: /^token for too much: documentation_url is missing$/, why: "each refusal of GitHub's leads to its page" },
  {
    where: /^(no branch|file at no ref|more than the app may): message /,
    why: "the package says Not Found or Forbidden where GitHub says what it was",
  },
  {
    where: /^(put it without its sha|an ended run without a conclusion): message /,
    why: "the package words its complaint about a missing field in its own way",
  },
  {
    where: /^write nothing: (message|errors) /,
    why: "GitHub says which field it is, and writes Failed with a capital letter",
  },
  {
    where: /^branch: (commit\.(html_url|commit|author|committer|parents)|protection) is missing$/,
    why: "the package lists a branch as lists of branches do; asked for by name it has the whole commit",
  },
  { where: /^rules of a branch: 200, theirs 404$/, why: "the package has no rulesets" },
  {
    where: /^(commit|check runs) of nothing: 422, theirs 404$/,
    why: "for commits and what hangs from them GitHub says 422 where no commit is found",
  },
  { where: /^sha of a branch: all of it is missing$/, why: "the package does not know the short form of a commit" },
  { where: /^(file|file at a sha|blob): content /, why: "GitHub ends each line of its base64, also the last" },
  {
    where: /^file as it is: all of it "pools: \[\]\\n", theirs bytes$/,
    why: "GitHub adds a charset to the raw type, so that octokit makes text of it",
  },
  {
    where: /^tree: tree\.\d\.(path|mode|type|size) /,
    why: "the package orders a tree by language, not by bytes as git",
  },
  { where: /^tree( of a folder)?: tree\.\d\.url is missing$/, why: "each row of a tree but a submodule has a link" },
  {
    where: /^open a pull request: mergeable(_state)? /,
    why: "a new pull request's mergeability is not known yet",
  },
  {
    where: /^merged pull request: mergeable null, theirs false$/,
    why: "after the merge nobody asks any more whether it can be merged",
  },
  { where: /^pull requests?( of a head)?: (0\.)?merge_commit_sha /, why: "the package makes no test merges" },
  {
    where: /^what a pull request has not of its branch: /,
    why: "the package's pull requests stay at the commit that they were opened with",
  },
  {
    where: /^(merged )?pull request: (commits|changed_files|additions|deletions) /,
    why: "the package does not look into the commits of a pull request for its numbers",
  },
  {
    where: /^files of a pull request: (length 1, theirs 0|0 is missing)$/,
    why: "nor for its files, which it makes up",
  },
  {
    where: /^pull requests of (an open head|a merge): 200, theirs 404$/,
    why: "the package does not know which pull request a commit belongs to",
  },
  { where: /^file of a pull request: 200, theirs 404$/, why: "the package has no refs/pull/N/head" },
  { where: /^open it again: 422, theirs 201$/, why: "GitHub allows one open pull request for a head and base" },
  { where: /^pull request of nothing: 422, theirs 201$/, why: "GitHub refuses one without commits" },
  { where: /^move a branch back: message /, why: "GitHub writes fast forward without a hyphen" },
  { where: /^move no branch: 422, theirs 404$/, why: "GitHub says 422: Reference does not exist" },
  { where: /^merge another head: 409, theirs 422$/, why: "GitHub has a code of its own for a head that moved" },
  { where: /^merge it again: 405, theirs 422$/, why: "GitHub says 405 for what cannot be merged" },
  {
    where: /performed_via_github_app\.\w+ is missing$/,
    why: "GitHub says through which app a comment came",
  },
  {
    where: /^write a comment: author_association "NONE", theirs "MEMBER"$/,
    why: "the package is right: ours knows no members of an organization, since the product asks nobody's rank",
  },
  { where: /^write too much: 422, theirs 201$/, why: "GitHub takes 65,536 characters" },
  { where: /^check run as a person: 403, theirs 201$/, why: "only apps make check runs" },
  {
    where:
      /: (check_runs\.0\.)?(status "completed", theirs "queued"|(conclusion|started_at|completed_at) .*theirs null)$/,
    why: "a conclusion completes a run, also where no status is given, and a run has begun when it is made",
  },
  { where: /: (check_runs\.0\.)?output\.annotations_url is missing$/, why: "the package leaves the link out" },
  {
    where: /: (check_runs\.0\.)?output\.annotations_count \d, theirs \d$/,
    why: "GitHub adds the annotations of an update to those that are there",
  },
  { where: /: (check_runs\.0\.)?app\.\w+ is missing$/, why: "the package does not say whose run it is" },
  {
    where: /^annotations: (length|\d) is missing$/,
    why: "GitHub gives the list itself, the package an object with a list in it",
  },
  { where: /^51 annotations: 422, theirs 200$/, why: "GitHub takes 50 annotations at a time" },
  { where: /^(status|statuses|combined status): 20[01], theirs 404$/, why: "the package has no commit statuses" },
  { where: /^app: (client_id|owner\.\w+) is missing$/, why: "the package does not say whose app it is" },
  { where: /^installation: account\.(site_admin|html_url) is missing$/, why: "the package shows accounts in short" },
  { where: /^installation as a person: 401, theirs 200$/, why: "only an app may ask for its installation" },
  { where: /^stranger: 401, theirs 200$/, why: "GitHub refuses an unknown token also for what is public" },
];
