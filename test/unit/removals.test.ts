import { removedSafeguards } from '../tools/mutants/removals'

describe('the list of safeguards that mutation tests take out', () => {
  it('names the code of each safeguard as it is today: correct `find` in test/tools/mutants/removals where it moved', () => {
    expect(removedSafeguards().length).toBeGreaterThan(250)
  })

  it('names each safeguard once', () => {
    const names = removedSafeguards().map(({ safeguard }) => safeguard)

    expect(new Set(names).size).toBe(names.length)
  })
})
