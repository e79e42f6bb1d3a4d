import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { drawFlow } from '../../tools/flow/draw-flow'
import { calledStages, stageNames } from '../../tools/flow/stages'

it('the picture of a run has exactly the stages that run-job.ts calls, in its order', () => {
  expect(stageNames).toEqual(calledStages())
})

it('docs/flow.svg is the picture as it is drawn now (npm run docs:flow)', () => {
  expect(readFileSync(join(__dirname, '../../../docs/flow.svg'), 'utf8')).toBe(drawFlow())
})
