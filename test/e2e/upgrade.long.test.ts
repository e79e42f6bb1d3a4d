import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { upgrade } from '../../src/cli/upgrade'

let scratch: string
let release: string
let app: string

function git(folder: string, ...args: string[]): string {
  const identity = [
    '-c',
    'user.name=Test',
    '-c',
    'user.email=test@example.com',
    '-c',
    'init.defaultBranch=main',
  ]
  return execFileSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
}

function commit(folder: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  git(folder, 'add', '--all')
  git(folder, 'commit', '--quiet', '--message', 'change')
}

const read = (path: string) => readFileSync(join(app, path), 'utf8')

/** `npm run upgrade` in the app; returns its output. */
function upgradeTo(ref: string, ...more: string[]): string {
  const lines: string[] = []
  upgrade(['--from', release, '--to', ref, ...more], { folder: app, print: (line) => lines.push(line) })
  return lines.join('\n')
}

const example = (text: string) => `export const flights = defineJob({ text: '${text}' })\n`

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'upgrade-test-'))
  release = join(scratch, 'release')
  app = join(scratch, 'app')
  mkdirSync(release)
  git(release, 'init', '--quiet')
  commit(release, {
    'src/engine.ts': 'one\n',
    'src/gone.ts': 'one\n',
    'src/jobs/flights.ts': example('one'),
    'ext.config.yaml': 'first\n\nmiddle\n\nlast\n',
    'CHANGELOG.md': '## 1\n',
  })
  git(release, 'tag', 'v1')
  git(scratch, 'clone', '--quiet', release, app)
  git(release, 'rm', '--quiet', 'src/gone.ts')
  commit(release, {
    'src/engine.ts': 'two\n',
    'src/new.ts': 'two\n',
    'src/jobs/flights.ts': example('two'),
    'ext.config.yaml': 'first of two\n\nmiddle\n\nlast\n',
    'CHANGELOG.md': '## 2\n\n- faster\n\n## 1\n',
  })
  git(release, 'tag', 'v2')
})
afterEach(() => rmSync(scratch, { recursive: true }))

it("an upgrade replaces the engine's files, keeps the user's, and merges the shared ones", () => {
  commit(app, {
    'src/jobs/flights.ts': example('mine'),
    'src/jobs/orders.ts': 'orders\n',
    'ext.config.yaml': 'first\n\nmiddle\n\nlast\nmine\n',
  })

  const output = upgradeTo('v2')
  git(app, 'commit', '--quiet', '--message', 'upgrade')

  expect([read('src/engine.ts'), read('src/new.ts')]).toEqual(['two\n', 'two\n'])
  expect(git(app, 'ls-files', 'src/gone.ts')).toBe('')
  expect([read('src/jobs/flights.ts'), read('src/jobs/orders.ts')]).toEqual([example('mine'), 'orders\n'])
  expect(read('ext.config.yaml')).toBe('first of two\n\nmiddle\n\nlast\nmine\n')
  expect(output).toContain('New in CHANGELOG.md:\n## 2\n- faster')
  expect(upgradeTo('v2')).toBe('This app stands on that release already.')
})

it('an upgrade refuses to overwrite a change of the engine, and changes nothing', () => {
  commit(app, { 'src/engine.ts': 'mine\n' })

  expect(() => upgradeTo('v2')).toThrow(/changed here:\n {4}src\/engine\.ts/)
  expect(git(app, 'status', '--porcelain')).toBe('')
  expect(read('src/engine.ts')).toBe('mine\n')
})

it('an upgrade refuses to begin with changes that are not committed', () => {
  writeFileSync(join(app, 'notes.txt'), 'mine')

  expect(() => upgradeTo('v2')).toThrow('not committed')
})

it("an upgrade keeps the user's shared file where both sides changed the same line", () => {
  commit(app, { 'ext.config.yaml': 'first of mine\n\nmiddle\n\nlast\n' })

  const output = upgradeTo('v2')

  expect(read('ext.config.yaml')).toBe('first of mine\n\nmiddle\n\nlast\n')
  expect(output).toMatch(/Yours is kept.* -- ext\.config\.yaml/)
})

it('an app without the history of the engine names the release that it stands on', () => {
  rmSync(join(app, '.git'), { recursive: true })
  git(app, 'init', '--quiet')
  git(app, 'add', '--all')
  git(app, 'commit', '--quiet', '--message', 'from a template')

  expect(() => upgradeTo('v2')).toThrow('not in its history')
  upgradeTo('v2', '--base', 'v1')

  expect(read('src/engine.ts')).toBe('two\n')
})

it('an upgrade names a tag that does not exist', () => {
  expect(() => upgradeTo('v9')).toThrow(/v9/)
})
