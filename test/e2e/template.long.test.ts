import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import { root } from '../../emulators/local/root'
import { packTemplate } from '../../template/pack'

/** The part of Yeoman's generator that the template uses; the package is installed with the template alone. */
class BaseGenerator {
  constructor(private readonly folder: string) {}
  destinationPath(path: string): string {
    return join(this.folder, path)
  }
  destinationRoot(): string {
    return this.folder
  }
}
jest.mock('yeoman-generator', () => BaseGenerator, { virtual: true })

/** A project with some files that npm leaves out of packages, and one that git ignores. */
const files: Readonly<Record<string, string>> = {
  '.gitignore': '.env\n',
  '.env': 'SECRET=canary\n',
  '.ci/run': '#!/bin/sh\n',
  '.github/workflows/stage.yml': 'name: stage\n',
  'package.json': '{"name":"analytics-ingest","private":true}',
  'package-lock.json': '{}\n',
  'src/jobs/index.ts': 'export const jobs = []\n',
}

let scratch: string
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'template-'))
  const project = join(scratch, 'project')
  write(project, files)
  chmodSync(join(project, '.ci/run'), 0o755)
  cpSync(join(root, 'template'), join(project, 'template'), { recursive: true })
  for (const args of [
    ['init', '--quiet'],
    ['add', '--all'],
  ])
    execFileSync('git', args, { cwd: project })
  packTemplate(project, join(scratch, 'packed'))
})
afterEach(() => rmSync(scratch, { recursive: true }))

function write(folder: string, content: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(content)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

it('the template writes every file that git knows into the folder of aio app init', () => {
  const app = join(scratch, 'My App')
  write(app, { '.github/workflows/deploy_prod.yml': 'of aio', 'package.json': '{"name":"of aio"}' })

  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the packed generator is CommonJS
  const Generator = require(join(scratch, 'packed', 'index.js')) as new (folder: string) => {
    writing(): void
  }
  new Generator(app).writing()

  const same = Object.keys(files).filter((path) => !['.env', 'package.json'].includes(path))
  for (const path of same) expect(readFileSync(join(app, path), 'utf8')).toBe(files[path])
  expect(JSON.parse(readFileSync(join(app, 'package.json'), 'utf8'))).toEqual({
    name: 'my-app',
    private: true,
  })
  expect(statSync(join(app, '.ci/run')).mode & 0o100).toBe(0o100)
  expect(readdirSync(join(app, '.github/workflows'))).toEqual(['stage.yml'])
  expect(existsSync(join(app, '.env'))).toBe(false)
})

it('the template is found by the keyword of the registry, and names what its project needs', () => {
  const read = (name: string) => readFileSync(join(scratch, 'packed', name), 'utf8')

  expect(JSON.parse(read('package.json'))).toMatchObject({ keywords: ['ecosystem:aio-app-builder-template'] })
  expect(parse(read('install.yml'))).toEqual({
    $schema: 'http://json-schema.org/draft-07/schema',
    $id: 'https://adobe.io/schemas/app-builder-templates/1',
    categories: ['action'],
    runtime: true,
    apis: [{ code: 'AdobeAnalyticsSDK' }],
  })
})
