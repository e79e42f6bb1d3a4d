/** The files of one version: the id of the content by path. */
export type Tree = ReadonlyMap<string, string>

export interface Versions {
  /** The release that this app stands on. */
  readonly base: Tree
  /** The release that it is to stand on. */
  readonly release: Tree
  /** This app as it is committed. */
  readonly own: Tree
}

/** What becomes of each path. A path that is not named stays as it is. */
export interface UpgradePlan {
  /** Taken from the release. */
  readonly replace: readonly string[]
  /** Gone from the release. */
  readonly remove: readonly string[]
  /** Shared with the user, and changed on both sides: merged by lines. */
  readonly merge: readonly string[]
  /** The engine's, but changed here: nothing may be done before these are undone. */
  readonly changedHere: readonly string[]
}

/** Files that an app is expected to add lines to. */
const shared =
  /^(?:ext\.config\.yaml|app\.config\.yaml|\.env\.example|package(?:-lock)?\.json|[A-Z]+\.md|\.github\/.*)$/

/**
 * Decides about every path of the two releases. A path that neither of them has is the user's, and does not occur.
 * @param isOfUser tells shipped files that are the user's once the app is theirs: the jobs and their list
 */
export function planUpgrade(
  { base, release, own }: Versions,
  isOfUser: (path: string) => boolean,
): UpgradePlan {
  const plan = { replace: [], remove: [], merge: [], changedHere: [] } as Record<keyof UpgradePlan, string[]>
  const paths = [...new Set([...base.keys(), ...release.keys()])].sort()
  for (const path of paths) {
    const [before, after, here] = [base.get(path), release.get(path), own.get(path)]
    if (before === after || here === after || isOfUser(path)) continue
    if (here === before) plan[after === undefined ? 'remove' : 'replace'].push(path)
    else if (!shared.test(path)) plan.changedHere.push(path)
    else if (here !== undefined && after !== undefined) plan.merge.push(path)
  }
  // A change that this release does not touch would be taken for the user's by the next one as well.
  for (const path of base.keys())
    if (
      !shared.test(path) &&
      !isOfUser(path) &&
      base.get(path) === release.get(path) &&
      own.get(path) !== base.get(path)
    )
      plan.changedHere.push(path)
  return plan
}
