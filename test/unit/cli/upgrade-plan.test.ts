import { planUpgrade } from '../../../src/cli/upgrade-plan'

const tree = (files: Record<string, string>) => new Map(Object.entries(files))
const isJob = (path: string) => path.startsWith('src/jobs/job-')

function plan(base: Record<string, string>, release: Record<string, string>, own: Record<string, string>) {
  return planUpgrade({ base: tree(base), release: tree(release), own: tree(own) }, isJob)
}

const nothing = { replace: [], remove: [], merge: [], changedHere: [] }

it.each([
  ['changed by the release', { a: '1' }, { a: '2' }, { a: '1' }, { replace: ['a'] }],
  ['new in the release', {}, { a: '2' }, {}, { replace: ['a'] }],
  ['gone from the release', { a: '1' }, {}, { a: '1' }, { remove: ['a'] }],
  ['changed in the same way on both sides', { a: '1' }, { a: '2' }, { a: '2' }, {}],
  ['changed on both sides', { a: '1' }, { a: '2' }, { a: '3' }, { changedHere: ['a'] }],
  ['changed here alone', { a: '1' }, { a: '1' }, { a: '3' }, { changedHere: ['a'] }],
  ['deleted here alone', { a: '1' }, { a: '1' }, {}, { changedHere: ['a'] }],
  ['of the user, where the release has a new file', {}, { a: '2' }, { a: '3' }, { changedHere: ['a'] }],
  ['of the user alone', {}, {}, { mine: '1' }, {}],
])('a file of the engine, %s', (_what, base, release, own, expected) => {
  expect(plan(base as never, release as never, own as never)).toEqual({ ...nothing, ...expected })
})

it.each([
  ['changed', { 'src/jobs/job-a.ts': '3' }],
  ['deleted', {}],
])('a shipped job that the user %s stays as it is', (_what, own) => {
  const released = plan({ 'src/jobs/job-a.ts': '1' }, { 'src/jobs/job-a.ts': '2' }, own)

  expect(released).toEqual(nothing)
})

it('a shared file is replaced where only the release changed it, and merged where both did', () => {
  const [base, release] = [{ 'ext.config.yaml': '1' }, { 'ext.config.yaml': '2' }]

  expect(plan(base, release, base)).toEqual({ ...nothing, replace: ['ext.config.yaml'] })
  expect(plan(base, release, { 'ext.config.yaml': '3' })).toEqual({ ...nothing, merge: ['ext.config.yaml'] })
  expect(plan(base, base, { 'ext.config.yaml': '3' })).toEqual(nothing)
  expect(plan(base, release, {})).toEqual(nothing)
})
