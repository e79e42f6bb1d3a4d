import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { RunParams } from '../../src/app-builder/params/run-params'
import { EngineSettings } from '../../src/pipeline/settings'

const root = join(__dirname, '..', '..')

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
}

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const linesOf = (path: string) => read(path).split('\n').length - 1
const containing = (paths: string[], pattern: RegExp) => paths.filter((path) => pattern.test(read(path)))

/** Import lines of a file with the files of this project that they name. */
function importsOf(
  path: string,
): { readonly line: string; readonly typesOnly: boolean; readonly file: string }[] {
  return [...read(path).matchAll(/^(?:import|export) (type )?[^;'"]*from '(\.[^']+)'/gm)].flatMap(
    ([line, typesOnly, target = '']) => {
      const base = join(dirname(path), target)
      const file = [`${base}.ts`, join(base, 'index.ts')].find((candidate) =>
        existsSync(join(root, candidate)),
      )
      return file === undefined ? [] : [{ line, typesOnly: typesOnly !== undefined, file }]
    },
  )
}

/** The folder of jobs is the user's. */
const source = filesIn('src').filter((path) => !path.startsWith('src/jobs/'))
const productActions = ['connect', 'job-status', 'run-job', 'trigger-job', 'verify-arrival', 'watchdog'].map(
  (name) => `actions/${name}/index.ts`,
)
const everything = [...source, ...productActions, ...filesIn('emulators')]

it('no file is longer than 200 lines; split it by what changes together', () => {
  expect(everything.filter((path) => linesOf(path) > 200)).toEqual([])
})

it('run-job.ts stays a table of contents, and actions stay thin', () => {
  expect(linesOf('src/pipeline/run-job.ts')).toBeLessThanOrEqual(60)
  for (const action of productActions) expect(linesOf(action)).toBeLessThanOrEqual(25)
})

it('no file is called utils, helpers, common or misc; name it by its noun', () => {
  expect(everything.filter((path) => /(^|\/)(utils?|helpers?|common|misc)(\/|\.ts$)/.test(path))).toEqual([])
})

it('only src/app-builder reads the environment of the platform, and the command line that of its terminal', () => {
  const elsewhere = source.filter(
    (path) => !path.startsWith('src/app-builder/') && path !== 'src/cli/main.ts',
  )
  expect(containing(elsewhere, /process\.env|__OW_/)).toEqual([])
})

it('clock and random numbers are injected; only the composition root and the system clock use the real ones', () => {
  const outer = /^src\/(app-builder\/|clock\.ts$|cli\/main\.ts$)/
  const inner = source.filter((path) => !outer.test(path))
  expect(containing(inner, /Date\.now\(|setTimeout\(|Math\.random/)).toEqual([])
})

it('errors thrown on purpose are JobErrors with a remedy', () => {
  expect(containing(source, /throw new Error\(/)).toEqual([])
})

it('there are no default exports', () => {
  expect(containing(source, /^export default/m)).toEqual([])
})

const jobFolders = ['src/jobs', 'src/definition']
const stages = ['src/sources', 'src/destinations', 'src/pipeline', 'src/app-builder', ...jobFolders]

it.each([
  ['src/http', ['src/auth', ...stages]],
  ['src/auth', ['src/destinations', 'src/pipeline', 'src/app-builder', ...jobFolders]],
  ['src/sources', ['src/auth', 'src/destinations', 'src/pipeline', 'src/app-builder', ...jobFolders]],
  ['src/destinations', ['src/auth', 'src/sources', 'src/pipeline', 'src/app-builder', ...jobFolders]],
  ['src/state', ['src/auth', ...stages]],
  [
    'src/pipeline',
    ['src/auth', 'src/sources', 'src/destinations', 'src/app-builder', 'src/http', ...jobFolders],
  ],
  ['src/definition', ['src/app-builder', 'src/cli', 'src/jobs']],
])('%s imports no code of a later stage, types only', (folder, forbidden) => {
  const offences = filesIn(folder).flatMap((path) =>
    importsOf(path)
      .filter(({ typesOnly, file }) => !typesOnly && forbidden.some((other) => file.startsWith(`${other}/`)))
      .map(({ line }) => `${path}: ${line}`),
  )
  expect(offences).toEqual([])
})

it('files outside of src/auth/oauth2 import its index only', () => {
  const outside = [...filesIn('src'), ...filesIn('actions'), ...filesIn('examples'), ...filesIn('emulators')]
  const offences = outside
    .filter((path) => !path.startsWith('src/auth/oauth2/'))
    .flatMap((path) => importsOf(path).map(({ file, line }) => ({ path, file, line })))
    .filter(({ file }) => file.startsWith('src/auth/oauth2/') && !file.endsWith('oauth2/index.ts'))
  expect(offences).toEqual([])
})

it('every setting of the engine is a number with a default', () => {
  const defaults = Object.values(EngineSettings.parse({}))
  expect(defaults).toHaveLength(Object.keys(EngineSettings.shape).length)
  expect(defaults.filter((value) => !Number.isFinite(value))).toEqual([])
})

it('the engine names no vendor and no file format', () => {
  const engine = source.filter(
    (path) => /^src\/(pipeline|state)\//.test(path) && !path.endsWith('/tenants.ts'),
  )
  const vendor = /adobe|analytics|omniture|report.?suite|visitor|openwhisk|\bcsv\b|gzip|\btsv\b/i
  expect(engine.length).toBeGreaterThan(60)
  expect(containing(engine, vendor)).toEqual([])
})

it('folders of src import each other in one direction, types included', () => {
  const edges = new Map<string, Set<string>>()
  const folderOf = (path: string) => /^src\/([^/]+)\//.exec(path)?.[1] ?? null
  for (const path of source) {
    for (const { file } of importsOf(path)) {
      const [from, to] = [folderOf(path), folderOf(file)]
      if (from && to && from !== to) edges.set(from, (edges.get(from) ?? new Set()).add(to))
    }
  }
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    [...(edges.get(from) ?? [])].some((next) => {
      if (next === to) return true
      if (seen.has(next)) return false
      seen.add(next)
      return reaches(next, to, seen)
    })
  expect([...edges.keys()].filter((folder) => reaches(folder, folder))).toEqual([])
})

it('docs/commands.md names every parameter of run-job', () => {
  const page = read('docs/commands.md')
  expect(Object.keys(RunParams.shape).filter((name) => !page.includes(name))).toEqual([])
})

it("no test but that of a user's project reads the user's jobs and manifest", () => {
  const tests = filesIn('test').filter((path) => !/(architecture|user-project)\.test\.ts$/.test(path))
  expect(
    containing(tests, /\/src\/jobs'|\/src\/jobs\/(index|flights|airports)'|local\/shipped-jobs/),
  ).toEqual([])
})
