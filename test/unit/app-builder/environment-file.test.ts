import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readEnvironmentFile } from '../../../src/app-builder/environment-file'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'environment-'))))
afterEach(() => rmSync(folder, { recursive: true }))

it('a file gives its variables, and a missing file null', () => {
  const path = join(folder, '.env')
  expect(readEnvironmentFile(path)).toBeNull()
  writeFileSync(path, 'NAME=value\n')

  expect(readEnvironmentFile(path)).toEqual({ NAME: 'value' })
})

it('a file that cannot be read is an error, and no empty environment', () => {
  expect(() => readEnvironmentFile(folder)).toThrow('EISDIR')
})
