import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rejectCodes } from '../../../src/destinations/bulk-data-insertion/row-rules'
import { arrivalCauses as hitArrivalCauses } from '../../../src/destinations/bulk-data-insertion/arrival-causes'
import { arrivalCauses as uploadArrivalCauses } from '../../../src/destinations/data-sources/arrival-causes'
import { arrivalCauses as classificationArrivalCauses } from '../../../src/destinations/classifications/arrival-causes'
import { rejectCodes as dataSourceRejectCodes } from '../../../src/destinations/data-sources/row-rules'
import { rejectCodes as classificationRejectCodes } from '../../../src/destinations/classifications/row-rules'
import { jobErrorCodes } from '../../../src/errors'
import { allowedResolutions } from '../../../src/pipeline/delivery/holds'
import { recordRejectCodes } from '../../../src/pipeline/extraction/read-record'
import { Hold } from '../../../src/state/outbox-entry'

const document = readFileSync(join(__dirname, '../../../docs/errors.md'), 'utf8')

/** The codes in the first column of the tables under a heading. */
function documented(heading: string): string[] {
  return rowsOf(sectionOf(heading)).flatMap(([first = '']) => codesIn(first))
}

function sectionOf(heading: string): string {
  return document.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
}

function rowsOf(section: string): string[][] {
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').slice(1, -1))
}

const codesIn = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)

it('docs/errors.md explains every error code, and no other', () => {
  expect(documented('Errors').sort()).toEqual([...jobErrorCodes].sort())
})

it('docs/errors.md explains every reject code, and no other', () => {
  const codes = new Set<string>([
    ...recordRejectCodes,
    ...rejectCodes,
    ...classificationRejectCodes,
    ...dataSourceRejectCodes,
  ])

  expect(documented('Rejects').sort()).toEqual([...codes].sort())
})

it('docs/errors.md explains every likely cause of a missing arrival, and no other', () => {
  const codes = Object.keys({ ...hitArrivalCauses, ...classificationArrivalCauses, ...uploadArrivalCauses })

  expect(documented('Missing arrivals').sort()).toEqual(codes.sort())
})

it('docs/errors.md explains every hold with exactly the choices that it has', () => {
  const holds = rowsOf(sectionOf('Holds')).map(([code = '', , choices = '']) => [
    ...codesIn(code),
    ...codesIn(choices),
  ])
  const expected = Hold.shape.code.options.map((code) => [code, ...allowedResolutions(code)])
  expect(holds.sort()).toEqual(expected.sort())
})

it('docs/errors.md explains every reason for which the engine makes a commit wait', () => {
  const source = readFileSync(join(__dirname, '../../../src/pipeline/extraction/review-commit.ts'), 'utf8')
  const codes = [...source.matchAll(/code: '([a-z-]+)'/g)].map(([, code = '']) => code)

  expect(codes).toHaveLength(3)
  expect(documented('Plans')).toEqual(expect.arrayContaining(codes))
})
