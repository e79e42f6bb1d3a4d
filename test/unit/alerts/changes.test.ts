import { changesThrough } from '../../../src/alerts/changes'
import { ConditionKind } from '../../../src/alerts/condition'
import fc from '../../fixtures/fast-check'
import type { Change, Told } from '../../../src/alerts/changes'
import type { Condition, Snapshot } from '../../../src/alerts/condition'

const condition = (kind: ConditionKind, ...subjects: string[]): Condition => ({
  ...{ kind, subjects, title: kind, text: '', remedy: '' },
})
const snapshot = (...conditions: Condition[]): Snapshot => ({ speaksOf: ['failed', 'held'], conditions })
const labelOf = (change: Change) =>
  change.kind === 'appeared'
    ? `${change.condition.kind} ${change.condition.subjects.join()}`
    : `no ${change.of}`

it.each<[string, Told, readonly Snapshot[], readonly string[]]>([
  ['a condition that appears is told', {}, [snapshot(condition('failed', 'a'))], ['failed a']],
  [
    'a condition that lasts is told once',
    {},
    [snapshot(condition('failed', 'a')), snapshot(condition('failed', 'a'))],
    ['failed a'],
  ],
  [
    'a condition that was told before is not told again',
    { failed: { since: 1, subjects: ['a'] } },
    [snapshot(condition('failed', 'a'))],
    [],
  ],
  [
    'a condition that is over is told',
    { failed: { since: 1, subjects: ['a'] } },
    [snapshot()],
    ['no failed'],
  ],
  [
    'a condition that came and went is told twice',
    {},
    [snapshot(condition('failed', 'a')), snapshot()],
    ['failed a', 'no failed'],
  ],
  [
    'another subject of a condition is told, without a recovery in between',
    { failed: { since: 1, subjects: ['a'] } },
    [snapshot(condition('failed', 'b'))],
    ['failed b'],
  ],
  [
    'fewer subjects are not told',
    { held: { since: 1, subjects: ['a', 'b'] } },
    [snapshot(condition('held', 'b'))],
    [],
  ],
  [
    'a subject that comes back is told again',
    { held: { since: 1, subjects: ['a', 'b'] } },
    [snapshot(condition('held', 'b')), snapshot(condition('held', 'a', 'b'))],
    ['held a,b'],
  ],
  [
    'a kind that a snapshot does not speak of stays as it was told',
    { late: { since: 1, subjects: ['late'] } },
    [snapshot()],
    [],
  ],
])('%s', (_what, told, snapshots, expected) => {
  expect(changesThrough(told, snapshots, 5).changes.map(labelOf)).toEqual(expected)
})

it('a condition that lasts keeps the time at which it appeared, and its recovery names it', () => {
  const first = changesThrough({}, [snapshot(condition('failed', 'a'))], 5)
  const lasting = changesThrough(first.told, [snapshot(condition('failed', 'b'))], 9)

  expect(lasting.told).toEqual({ failed: { since: 5, subjects: ['b'] } })
  expect(changesThrough(lasting.told, [snapshot()], 12)).toEqual({
    told: {},
    changes: [{ kind: 'recovered', of: 'failed', since: 5 }],
  })
})

it('whatever the snapshots, the messages of a kind alternate between appeared and recovered, and the last one is true', () => {
  const kinds = ConditionKind.options.slice(0, 3)
  const anySnapshot = fc.record({
    speaksOf: fc.subarray(kinds),
    conditions: fc.uniqueArray(
      fc.constantFrom(...kinds).map((kind) => condition(kind, 'x')),
      {
        selector: ({ kind }) => kind,
      },
    ),
  })
  fc.assert(
    fc.property(fc.array(fc.array(anySnapshot, { maxLength: 3 }), { maxLength: 8 }), (looks) => {
      let told: Told = {}
      const messages = new Map<string, boolean[]>(kinds.map((kind) => [kind, []]))
      const truth = new Map<string, boolean>()
      for (const look of looks) {
        const step = changesThrough(told, look, 0)
        told = step.told
        for (const change of step.changes) {
          const kind = change.kind === 'appeared' ? change.condition.kind : change.of
          messages.get(kind)?.push(change.kind === 'appeared')
        }
        for (const { speaksOf, conditions } of look)
          for (const kind of speaksOf)
            truth.set(
              kind,
              conditions.some((held) => held.kind === kind),
            )
      }
      for (const kind of kinds) {
        const said = messages.get(kind) ?? []
        expect(said.every((appeared, index) => appeared === (index % 2 === 0))).toBe(true)
        expect(said.at(-1) ?? false).toBe(truth.get(kind) ?? false)
      }
    }),
  )
})
