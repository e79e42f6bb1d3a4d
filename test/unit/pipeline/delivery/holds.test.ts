import { allowedResolutions, explainHold } from '../../../../src/pipeline/delivery/holds'
import { Hold } from '../../../../src/state/outbox-entry'
import { staged } from '../../../fixtures/delivery-world'

const codes = Hold.shape.code.options

function held(code: Hold['code']) {
  return { ...staged('b1'), state: 'held' as const, hold: { code, message: 'What happened.', since: 0 } }
}

it.each(codes)('a batch held for %s has an exit, and each exit is a command with its risk', (code) => {
  const { choices, message } = explainHold(held(code), {})

  expect(choices.length).toBeGreaterThan(0)
  expect(choices.map((choice) => choice.split(':')[0])).toEqual(
    allowedResolutions(code).map((as) => `resolve=b1 as=${as}`),
  )
  for (const choice of choices) expect(choice.split(': ')[1]?.length).toBeGreaterThan(5)
  expect(message).toMatch(/^What happened\. .{20,}/)
})

it.each(['invalid-rows', 'found-twice', 'ingested-in-part', 'row-too-large'] as const)(
  'a batch held for %s is never sent again',
  (code) => {
    expect(allowedResolutions(code)).not.toContain('resend')
  },
)

it("a hold is explained with the destination's text where it has one", () => {
  const explain = () => ({ known: 'The vendor keeps it in a drawer.', risks: { resend: 'once it is open' } })

  const { message, choices } = explainHold(held('rejected'), { explain })

  expect(message).toBe('What happened. The vendor keeps it in a drawer.')
  expect(choices).toContain('resolve=b1 as=resend: once it is open')
  expect(choices).toContain('resolve=b1 as=drop: to leave its rows out for good')
})

it("a hold is explained with the engine's text where the destination has none", () => {
  expect(explainHold(held('rejected'), { explain: () => null })).toEqual(explainHold(held('rejected'), {}))
})
