import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../emulators/local/root'
import { copyProject } from '../fixtures/project-copy'
import type { ProjectCopy } from '../fixtures/project-copy'

const tutorial = readFileSync(join(root, 'docs/tutorial.md'), 'utf8')
const commands = [...tutorial.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) => block.trim())

let copy: ProjectCopy
beforeAll(async () => {
  copy = await copyProject()
})
afterAll(() => copy.remove())

it('the tutorial has three commands, of which the first installs the packages', () => {
  expect(commands).toHaveLength(3)
  // The copy has the packages that this very command has installed for the original.
  expect(commands[0]).toBe('npm ci')
})

it('a reader who follows the tutorial word for word ends with a job of their own that delivers its rows', async () => {
  const before = await copy.snapshot()
  const [, write = '', run = ''] = commands

  const written = await copy.sh(write)
  expect(written).toMatchObject({ code: 0 })
  for (const path of tutorial.match(/`(?:src|test)\/[\w./-]+sales[\w.]+`/g) ?? []) {
    expect(await copy.snapshot()).toHaveProperty([path.replaceAll('`', '')])
  }
  const listed = await copy.sh('npm run job -- list')
  expect(listed.stdout).toMatch(/sales +incremental +rest +bulk-data-insertion/)

  const ran = await copy.sh(run)
  expect({ ...ran, stdout: ran.stdout.slice(-5_000) }).toMatchObject({ code: 0 })
  expect(ran.stdout).toMatch(/sales: succeeded\nrecords +1,500\nrows +1,500\n/)
  expect(ran.stdout).toMatch(/rejects +0\n/)
  expect(ran.stdout).toMatch(/confirmed +1\n/)
  expect(ran.stdout).toContain('"linkname":"sales"')

  const removed = await copy.sh('npm run job -- remove-job sales')
  expect(removed).toMatchObject({ code: 0 })
  expect(await copy.snapshot()).toEqual(before)
}, 1_200_000)
