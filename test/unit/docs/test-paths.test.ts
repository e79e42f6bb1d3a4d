import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const root = join(__dirname, '..', '..', '..')

const pages = [
  'README.md',
  'emulators/README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    // The reader of the tutorial writes the files that it quotes: `integration/tutorial` follows it.
    .filter((path) => path !== 'tutorial.md')
    .map((path) => join('docs', path)),
]

/** Folders of test/, by which a quoted path is known. */
const levels = readdirSync(join(root, 'test'))
const quoted = new RegExp(`\`(?:test/)?((?:${levels.join('|')})(?:/[\\w./-]+)?)\``, 'g')

/** Paths below test/ that a page quotes; a bare word such as `model` is none. */
function testPathsIn(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(quoted)]
    .filter(([whole, path = '']) => path.includes('/') || whole.includes('test/'))
    .map(([, path = '']) => path)
}

const exists = (path: string) =>
  ['', '.test.ts', '.long.test.ts', '.ts'].some((ending) => existsSync(join(root, 'test', path + ending)))

it('every test that a page of the documentation quotes exists', () => {
  const missing = pages.flatMap((page) =>
    testPathsIn(page)
      .filter((path) => !exists(path))
      .map((path) => `${page}: ${path}`),
  )

  expect(missing).toEqual([])
  // The pattern still finds them.
  expect(testPathsIn('docs/guarantees.md').length).toBeGreaterThan(15)
})
