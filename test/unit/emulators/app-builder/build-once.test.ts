import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { buildOnce } from '../../../../emulators/app-builder/build-once'

/** Builds so far. */
let builds = 0
jest.mock('../../../../emulators/app-builder/deploy', () => ({
  buildApp(root: string) {
    const source = readFileSync(join(root, 'src/action.ts'), 'utf8')
    if (source === 'wrong') return Promise.reject(new RangeError('a type error'))
    builds += 1
    write('dist/application/actions/action.zip', `built from ${source}`)
    return Promise.resolve()
  },
}))

let folder: string
beforeEach(() => {
  builds = 0
  folder = mkdtempSync(join(tmpdir(), 'build-once-'))
  write('src/action.ts', 'one')
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

const build = () => buildOnce(folder, ['src', 'no-such-file'])

it('the same files are built once', async () => {
  await build()
  await build()

  expect(builds).toBe(1)
})

it.each([
  ['a changed file', 'src/action.ts'],
  ['a new file', 'src/other.ts'],
  ['a zip that another build has replaced', 'dist/application/actions/action.zip'],
])('%s is built again', async (_what, path) => {
  await build()
  write(path, 'two')
  await build()

  expect(builds).toBe(2)
})

it('a build that failed is tried again, and leaves the last one as it is', async () => {
  await build()
  write('src/action.ts', 'wrong')
  await expect(build()).rejects.toThrow('a type error')
  await expect(build()).rejects.toThrow('a type error')
  write('src/action.ts', 'one')
  await build()

  expect(builds).toBe(1)
})
