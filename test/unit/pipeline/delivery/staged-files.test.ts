import { openStagedFiles } from '../../../../src/pipeline/delivery/staged-files'
import { staged } from '../../../fixtures/delivery-world'
import { textFile } from '../../../fixtures/text-format'
import type { RunFiles } from '../../../../src/pipeline/run-files'

const large = Buffer.alloc(25 * 1024 * 1024)

function filesWith(contents: Readonly<Record<string, Buffer | Error>>) {
  const reads: string[] = []
  const files: Pick<RunFiles, 'read'> = {
    read(_run, name) {
      reads.push(name)
      const content = contents[name] ?? null
      return content instanceof Error ? Promise.reject(content) : Promise.resolve(content)
    },
  }
  return { reads, staged: openStagedFiles(files as RunFiles) }
}

const one = staged('b1')
const content = textFile(['b1.0\n', 'b1.1\n']).bytes

it('a staged file is its bytes, missing, or damaged', async () => {
  expect(await filesWith({ 'b1.txt': content }).staged.load(one)).toEqual({ kind: 'bytes', bytes: content })
  expect(await filesWith({}).staged.load(one)).toEqual({ kind: 'missing' })
  expect(await filesWith({ 'b1.txt': Buffer.from('b1') }).staged.load(one)).toEqual({ kind: 'damaged' })
})

it('a prefetched file is not fetched again, and only one is prefetched at a time', async () => {
  const { staged: files, reads } = filesWith({ 'b1.txt': content })

  files.prefetch(one)
  files.prefetch(one)
  files.prefetch(staged('b2'))
  await files.load(one)

  expect(reads).toEqual(['b1.txt', 'b2.txt', 'b1.txt'])
})

it('a file whose prefetch failed is fetched again by its step', async () => {
  const contents: Record<string, Buffer | Error> = { 'b1.txt': new Error('down') }
  const { staged: files } = filesWith(contents)
  files.prefetch(one)
  await files.close()
  contents['b1.txt'] = content

  expect(await files.load(one)).toMatchObject({ kind: 'bytes' })
})

it('there is no room for another file while those of the steps fill the memory', async () => {
  const entries = ['x', 'y'].map((id) => staged(id, { sha256: textFile([large.toString('latin1')]).sha256 }))
  const [x = one, y = one] = entries
  const { staged: files } = filesWith({ 'x.txt': large, 'y.txt': large })

  await files.load(x)
  const afterOne = files.hasRoom()
  await files.load(y)
  const afterTwo = files.hasRoom()
  files.release(x)

  expect([afterOne, afterTwo, files.hasRoom()]).toEqual([true, false, true])
})
