import { readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { jobs } from '../../src/jobs'

const root = join(__dirname, '..', '..')

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
}

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const linesOf = (path: string) => read(path).split('\n').length - 1
const containing = (paths: string[], pattern: RegExp) => paths.filter((path) => pattern.test(read(path)))

const source = filesIn('src')
const everything = [...source, ...filesIn('actions'), ...filesIn('emulators')]

it('no file is longer than 200 lines; split it by what changes together', () => {
  expect(everything.filter((path) => linesOf(path) > 200)).toEqual([])
})

it('run-job.ts stays a table of contents, and actions stay thin', () => {
  expect(linesOf('src/pipeline/run-job.ts')).toBeLessThanOrEqual(120)
  for (const action of filesIn('actions')) expect(linesOf(action)).toBeLessThanOrEqual(25)
})

it('no file is called utils, helpers, common or misc; name it by its noun', () => {
  expect(everything.filter((path) => /(^|\/)(utils?|helpers?|common|misc)(\/|\.ts$)/.test(path))).toEqual([])
})

it('only src/app-builder reads the environment of the platform', () => {
  const elsewhere = source.filter((path) => !path.startsWith('src/app-builder/'))
  expect(containing(elsewhere, /process\.env|__OW_/)).toEqual([])
})

it('time and chance come from outside; only the composition root and the system clock name them', () => {
  const inner = source.filter((path) => !path.startsWith('src/app-builder/') && path !== 'src/clock.ts')
  expect(containing(inner, /Date\.now\(|setTimeout\(|Math\.random/)).toEqual([])
})

it('errors thrown on purpose are JobErrors with a remedy', () => {
  expect(containing(source, /throw new Error\(/)).toEqual([])
})

it('there are no default exports', () => {
  expect(containing(source, /^export default/m)).toEqual([])
})

const imports = (path: string) => [...read(path).matchAll(/^import (type )?.*from '(\.[^']+)'/gm)]

it.each([
  [
    'src/http',
    ['src/auth', 'src/sources', 'src/destinations', 'src/pipeline', 'src/app-builder', 'src/jobs'],
  ],
  ['src/auth', ['src/destinations', 'src/pipeline', 'src/app-builder', 'src/jobs']],
  ['src/sources', ['src/auth', 'src/destinations', 'src/pipeline', 'src/app-builder', 'src/jobs']],
  ['src/destinations', ['src/auth', 'src/sources', 'src/pipeline', 'src/app-builder', 'src/jobs']],
  [
    'src/state',
    ['src/auth', 'src/sources', 'src/destinations', 'src/pipeline', 'src/app-builder', 'src/jobs'],
  ],
  [
    'src/pipeline',
    ['src/auth', 'src/sources', 'src/destinations', 'src/app-builder', 'src/jobs', 'src/http'],
  ],
])('%s imports no code of a later stage, types only', (folder, forbidden) => {
  const offences = filesIn(folder).flatMap((path) =>
    imports(path)
      .filter(
        ([, isType, target]) =>
          !isType && forbidden.some((other) => join(path, '..', target ?? '').startsWith(`${other}/`)),
      )
      .map(([line]) => `${path}: ${line}`),
  )
  expect(offences).toEqual([])
})

it('every input that a job names stands in the manifest and in .env.example', () => {
  const names = jobs
    .flatMap(({ source: from, destination }) => [...from.inputs, ...destination.inputs])
    .map(({ name }) => name)
  const manifest = read('ext.config.yaml')
  const example = read('.env.example')
  expect(names.length).toBeGreaterThan(0)
  for (const name of names) {
    expect(manifest).toContain(`${name}: $${name}`)
    expect(example).toMatch(new RegExp(`^${name}=`, 'm'))
  }
})

it('every input of a source that asks for consent is also an input of connect', () => {
  const consenting = jobs.filter(({ source }) => source.consent).flatMap(({ source }) => source.inputs)
  const connect = read('ext.config.yaml').split(/^ {8}connect:$/m)[1] ?? ''
  expect(connect).toContain('TOKEN_ENCRYPTION_KEY: $TOKEN_ENCRYPTION_KEY')
  for (const { name } of consenting) expect(connect).toContain(`${name}: $${name}`)
})

it('every reason code of a reject is documented', () => {
  const codes = [
    ...read('src/destinations/bulk-data-insertion/row-rules.ts').matchAll(/^ {2}\| '([a-z-]+)'$/gm),
  ].map(([, code]) => code)
  const documented = read('docs/rejects.md')
  expect(codes.length).toBeGreaterThan(10)
  for (const code of codes) expect(documented).toContain(`\`${code ?? ''}\``)
})

it('every setting of the protocol is a number with a default, and README names every parameter', () => {
  for (const parameter of ['dryRun', 'inspect', 'from', 'force', 'resolve'])
    expect(read('README.md')).toContain(parameter)
})
