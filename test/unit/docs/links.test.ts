import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

const root = join(__dirname, '..', '..', '..')

const pages = ['.', 'docs', 'docs/decisions', 'emulators'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
)

const textOf = (path: string) => readFileSync(join(root, path), 'utf8')

/** The anchors that GitHub gives to the headings of a page. */
function anchorsOf(path: string): string[] {
  return [...textOf(path).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replace(/ /g, '-'),
  )
}

/** The links of a page that lead to no file or heading of this project. */
function brokenLinksOf(page: string): string[] {
  const links = [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
  return links.filter((link) => {
    if (/^https?:/.test(link)) return false
    const [file = '', anchor] = link.split('#')
    const target = file === '' ? page : join(dirname(page), file)
    if (!existsSync(join(root, target))) return true
    return anchor !== undefined && !anchorsOf(target).includes(anchor)
  })
}

it('every link of a page leads to a file and a heading of this project', () => {
  const broken = pages.flatMap((page) => brokenLinksOf(page).map((link) => `${page}: ${link}`))

  expect(broken).toEqual([])
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/jobs.md']))
})
