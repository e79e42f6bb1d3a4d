import { makesRequest, needsBytes } from '../../../../src/pipeline/delivery/take-step'
import type { Step } from '../../../../src/pipeline/delivery/plan'

/** Which steps wait for a slot of the rate limit, and which for memory and a staged file. */
it.each([
  ['remove', false, false],
  ['clear', false, false],
  ['look-up', true, false],
  ['poll', true, false],
  ['verify', true, true],
  ['prepare', true, true],
  ['send', true, true],
] as const)(
  'the step %s makes a request: %s, and needs the bytes of its batch: %s',
  (kind, request, bytes) => {
    const step = { kind } as Step

    expect([makesRequest(step), needsBytes(step)]).toEqual([request, bytes])
  },
)
