import { connectAction } from '../../../src/app-builder/web/connect'
import { defineAction } from '../../../src/app-builder/action-frame'
import { endOf, isFailure } from '../../../src/app-builder/activation-end'
import { runJobAction } from '../../../src/app-builder/run-job-action'
import { statusAction } from '../../../src/app-builder/status/status-action'
import { triggerAction } from '../../../src/app-builder/web/trigger'
import { verifyArrivalAction } from '../../../src/app-builder/verify-arrival-action'
import { watchdogAction } from '../../../src/app-builder/watchdog-action'
import { JobError } from '../../../src/errors'
import type { ActionParams } from '../../../src/app-builder/platform'

const environment = {
  ...{ __OW_ACTIVATION_ID: 'a1', __OW_ACTION_NAME: '/ns/ingest/run-job', __OW_NAMESPACE: 'ns' },
  ...{
    __OW_API_HOST: 'http://127.0.0.1:1',
    __OW_API_KEY: 'canary-uuid:canary-key',
    __OW_DEADLINE: '9999999999999',
  },
}
const lines: string[] = []
beforeEach(() => {
  Object.assign(process.env, environment)
  lines.splice(0)
  for (const method of ['log', 'error'] as const)
    jest.spyOn(console, method).mockImplementation((...line: unknown[]) => void lines.push(line.join(' ')))
})
afterEach(() => {
  jest.restoreAllMocks()
  for (const name of Object.keys(environment)) Reflect.deleteProperty(process.env, name)
})

const ends = () =>
  lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ message }) => message === 'activation-ended')

const actions: Readonly<Record<string, (params: ActionParams) => Promise<object>>> = {
  'run-job': runJobAction([]),
  'verify-arrival': verifyArrivalAction([]),
  watchdog: watchdogAction([]),
  'job-status': statusAction([]),
  connect: connectAction([]),
  'trigger-job': triggerAction([]),
}

describe.each(Object.entries(actions))('an activation of %s', (_name, action) => {
  it.each([
    ['by key', {}],
    ['over the web', { __ow_method: 'get', __ow_headers: {}, __ow_path: '' }],
  ])('that fails before it can read anything leaves one line with its outcome (%s)', async (_how, caller) => {
    Reflect.deleteProperty(process.env, '__OW_API_KEY')

    await action({ job: 'orders', ...caller })

    expect(ends()).toHaveLength(1)
    expect(ends()[0]).toMatchObject({ level: 'error', action: 'run-job', activation: 'a1' })
    expect(isFailure(ends()[0] ?? {})).toBe(true)
  })
})

interface Result {
  readonly notes?: readonly string[]
  readonly held?: readonly string[]
  readonly [name: string]: unknown
}

describe('the end of an activation', () => {
  it.each<[string, Result]>([
    [
      'info',
      { job: 'orders', outcome: 'succeeded', records: 3, rows: 2, rejects: 1, notes: ['a'], held: [] },
    ],
    ['info', { job: 'orders', outcome: 'succeeded', records: 0, rows: 0 }],
    ['info', { job: 'orders', outcome: 'skipped', reason: 'lease-held', pending: 2 }],
    ['info', { job: 'orders', outcome: 'partial', reason: 'deadline', rows: 5 }],
    ['error', { job: 'orders', outcome: 'failed', reason: 'batch-held', rows: 0 }],
  ])('has the outcome and the counts of the run (%s, %j)', async (level, result) => {
    await defineAction([], () => Promise.resolve(result))({})

    const { notes, held } = result
    expect(ends()).toEqual([
      {
        ...{ level, message: 'activation-ended', action: 'run-job', activation: 'a1', ...result },
        ...(notes ? { notes: notes.length } : {}),
        ...(held ? { held: held.length } : {}),
      },
    ])
  })

  it('follows the line of the error where the run threw', async () => {
    const refused = () => Promise.reject(new JobError('state-missing', 'It is gone.', 'Restore it.'))
    await defineAction([], refused)({ job: 'orders' })

    expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual([
      ...['It is gone.', 'activation-ended'],
    ])
    expect(ends()[0]).toMatchObject({ outcome: 'failed', reason: 'state-missing', job: 'orders' })
  })

  it('has the status of a web answer, and nothing that a caller or a server sent', () => {
    const answer = {
      statusCode: 500,
      headers: { 'set-cookie': 'canary' },
      body: 'canary',
      error: { message: 'x' },
    }

    expect(endOf(answer)).toEqual({ statusCode: 500 })
    expect(isFailure(answer)).toBe(true)
    expect(isFailure({ statusCode: 404 })).toBe(false)
  })

  it('of an action for many jobs has their number', () => {
    expect(endOf({ outcome: 'partial', jobs: { a: {}, b: {} }, told: 2, waiting: 0 })).toEqual({
      ...{ outcome: 'partial', jobs: 2, told: 2, waiting: 0 },
    })
  })
})
