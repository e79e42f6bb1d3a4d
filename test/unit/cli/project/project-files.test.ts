import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { changeFiles } from '../../../../src/cli/project/change-files'
import { addToExample, removeFromExample } from '../../../../src/cli/project/environment-example'
import { addToList, removeFromList } from '../../../../src/cli/project/job-list'
import { addToManifest, removeFromManifest } from '../../../../src/cli/project/manifest'
import { errorOf, errorThrownBy } from '../../../fixtures/error-of'

const manifest = `# The manifest
runtimeManifest:
  packages:
    analytics-ingest:
      actions:
        run-job:
          inputs:
            LOG_LEVEL: $LOG_LEVEL # of all
            # Jobs: older, old
            OLD_API_BASE_URL: $OLD_API_BASE_URL
            SHARED: $SHARED
        # Asks Analytics.
        verify-arrival:
          inputs:
            LOG_LEVEL: $LOG_LEVEL
        watchdog:
          inputs:
            ALERTS:
              # In minutes.
              everyMinutes:
                old: 1440
                'old@all': 60
      triggers:
        arrivals:
          feed: /whisk.system/alarms/alarm
        old-every-day: # at night
          feed: /whisk.system/alarms/alarm
          inputs:
            cron: '0 4 * * *'
            trigger_payload: '{"job":"old"}'
      rules:
        verify-arrivals:
          trigger: arrivals
          action: verify-arrival
        run-old-every-day:
          trigger: old-every-day
          action: run-job
`
const orders = {
  ...{ job: 'orders', alarm: 'orders-every-day', cron: '0 4 * * *', minutes: 1440 },
  ...{ inputs: ['ORDERS_API_BASE_URL', 'SHARED', 'ORDERS_SET'], destinationInputs: ['ORDERS_SET'] },
}

describe('the manifest', () => {
  it('gets the inputs that it lacks, a trigger and a rule; everything else stays as it is', () => {
    const text = addToManifest(manifest, orders)
    const added = text.split('\n').filter((line) => !manifest.split('\n').includes(line))
    expect(text.split('\n').filter((line) => !added.includes(line))).toEqual(
      expect.arrayContaining(manifest.split('\n')),
    )
    const { actions, triggers, rules } = (
      parse(text) as {
        runtimeManifest: { packages: Record<string, Record<string, Record<string, unknown>>> }
      }
    ).runtimeManifest.packages['analytics-ingest'] ?? { actions: {}, triggers: {}, rules: {} }
    expect(actions).toMatchObject({
      'run-job': { inputs: { ORDERS_API_BASE_URL: '$ORDERS_API_BASE_URL', ORDERS_SET: '$ORDERS_SET' } },
      'verify-arrival': { inputs: { LOG_LEVEL: '$LOG_LEVEL', ORDERS_SET: '$ORDERS_SET' } },
    })
    expect(triggers?.['orders-every-day']).toEqual({
      feed: '/whisk.system/alarms/alarm',
      inputs: { cron: '0 4 * * *', trigger_payload: { job: 'orders' } },
    })
    expect(rules?.['run-orders-every-day']).toEqual({ trigger: 'orders-every-day', action: 'run-job' })
    expect(text.match(/SHARED: \$SHARED/g)).toHaveLength(1)
  })

  it('is as before, byte for byte, once the job is removed', () => {
    const { text, triggers, rules } = removeFromManifest(addToManifest(manifest, orders), 'orders', [
      'ORDERS_API_BASE_URL',
      'ORDERS_SET',
    ])
    expect(text).toBe(manifest)
    expect([triggers, rules]).toEqual([['orders-every-day'], ['run-orders-every-day']])
  })

  it('gets the period of the alarm, by which the watchdog judges silence, and loses it again', () => {
    const periodsOf = (text: string) =>
      /everyMinutes:(.*?)\n {6}triggers/s.exec(text)?.[1]?.split(/\s+/).join(' ')
    const both = addToManifest(manifest, orders)
    expect(periodsOf(both)).toBe(" old: 1440 'old@all': 60 orders: 1440")
    const one = removeFromManifest(both, 'old', []).text
    expect(periodsOf(one)).toBe(' orders: 1440')
    const empty = removeFromManifest(one, 'orders', []).text
    expect(periodsOf(empty)).toBe(' {}')
    expect(periodsOf(addToManifest(empty, orders))).toBe(' orders: 1440')
  })

  it('loses a job that was written by hand, with a payload of JSON and comments; its neighbours stay', () => {
    const { text } = removeFromManifest(addToManifest(manifest, orders), 'old', ['OLD_API_BASE_URL'])
    expect(text).not.toMatch(/old-every|OLD|at night/)
    expect(text).toContain('            SHARED: $SHARED\n            # Job: orders\n')
    // Of the heading of several jobs, an input is left below.
    expect(text).toContain('# Jobs: older, old\n            SHARED')
    const bare = removeFromManifest(manifest, 'old', ['OLD_API_BASE_URL', 'SHARED']).text
    expect(bare).toContain('LOG_LEVEL: $LOG_LEVEL # of all\n        # Asks Analytics.')
  })

  it('is refused where it has the trigger already, or no package to write into', () => {
    const again = errorThrownBy(() => addToManifest(addToManifest(manifest, orders), orders))
    expect(again.message).toContain('has triggers orders-every-day already')
    expect(errorThrownBy(() => addToManifest('a: 1\n', orders)).message).toContain(
      'no package with the action',
    )
    const bare = manifest.slice(0, manifest.indexOf('      rules:'))
    expect(errorThrownBy(() => addToManifest(bare, orders)).message).toContain('no entries at')
  })
})

describe('.env.example', () => {
  const example = `# Copy to .env
# --- Job: old ---
# Where it is.
OLD_API_BASE_URL=
SHARED=

# --- Rarely needed ---
LOG_LEVEL=info
`
  const inputs = [
    { kind: 'input', name: 'ORDERS_API_BASE_URL', note: null },
    { kind: 'input', name: 'SHARED', note: null },
    { kind: 'input', name: 'ORDERS_SET', note: 'Its id.' },
  ] as const

  it('gets a section before the rarely needed inputs, and is as before once the job is removed', () => {
    const text = addToExample(example, 'orders', inputs)
    expect(text).toMatch(
      /SHARED=\n\n# --- Job: orders -+\nORDERS_API_BASE_URL=\n# Its id\.\nORDERS_SET=\n\n# --- R/,
    )
    expect(removeFromExample(text, ['ORDERS_API_BASE_URL', 'ORDERS_SET'])).toBe(example)
  })

  it('keeps a section with an input that another job reads', () => {
    const text = removeFromExample(example, ['OLD_API_BASE_URL'])
    expect(text).toBe(example.replace('# Where it is.\nOLD_API_BASE_URL=\n', ''))
  })

  it('gets the section at its end where it has no rarely needed inputs', () => {
    expect(addToExample('A=\n', 'orders', [inputs[0]])).toMatch(
      /^A=\n\n# --- Job: orders -+\nORDERS_API_BASE_URL=\n$/,
    )
  })
})

describe('the list of jobs', () => {
  const list = `import { airports } from './airports'
import { refunds } from './refunds'
import type { Job } from './job'

/** Every job. */
export const jobs: readonly Job[] = [refunds, airports]
`

  it.each(['a-first', 'orders', 'zones'])('gets %s, and is as before once the job is removed', (job) => {
    const constant = job === 'a-first' ? 'aFirst' : job
    const text = addToList(list, job, constant)
    expect(text).toContain(`[refunds, airports, ${constant}]`)
    const paths = [...text.matchAll(/from '\.\/([\w-]+)'/g)].map(([, path]) => path)
    expect(paths.slice(0, -1)).toEqual([...paths.slice(0, -1)].sort())
    expect(removeFromList(text, job)).toEqual({ text: list, constant })
  })

  it('may be empty before', () => {
    const empty = list.replace(/import \{.*\n/g, '').replace('refunds, airports', '')
    expect(removeFromList(addToList(empty, 'orders', 'orders'), 'orders').text).toBe(empty)
  })

  it('is refused where it has another form, or does not list the job', () => {
    expect(errorThrownBy(() => addToList('export const jobs = []', 'a', 'a')).message).toContain(
      'has no line',
    )
    expect(errorThrownBy(() => addToList(list, 'refunds', 'refunds')).message).toContain(
      'lists refunds already',
    )
    expect(errorThrownBy(() => removeFromList(list, 'orders')).message).toContain('does not list a job from')
  })
})

describe('changed files', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'project-'))
    await writeFile(join(folder, 'list'), 'before')
  })
  afterEach(() => rm(folder, { recursive: true }))
  const changed = { path: 'list', before: 'before', after: 'after' }

  it('are all written, in new folders too', async () => {
    await changeFiles(folder, [changed, { path: 'new/file', before: null, after: 'text' }])
    expect(await readFile(join(folder, 'list'), 'utf8')).toBe('after')
    expect(await readFile(join(folder, 'new/file'), 'utf8')).toBe('text')
    expect((await readdir(folder)).sort()).toEqual(['list', 'new'])
  })

  it('are as before where a later one cannot be written', async () => {
    // `list/below` cannot be made: `list` is a file.
    const impossible = { path: 'list/below', before: null, after: 'text' }
    await expect(
      changeFiles(folder, [{ path: 'new', before: null, after: 'text' }, changed, impossible]),
    ).rejects.toThrow()
    expect(await readdir(folder)).toEqual(['list'])
    expect(await readFile(join(folder, 'list'), 'utf8')).toBe('before')
  })

  it('are as before where the last step fails', async () => {
    const gone = { path: 'list', before: 'before', after: null }
    // The second change of the same file finds it deleted.
    await expect(
      changeFiles(folder, [{ path: 'new', before: null, after: 'text' }, gone, gone]),
    ).rejects.toThrow('ENOENT')
    expect(await readdir(folder)).toEqual(['list'])
    expect(await readFile(join(folder, 'list'), 'utf8')).toBe('before')
  })

  it('are refused where a file exists, or was changed meanwhile', async () => {
    const exists = await errorOf(changeFiles(folder, [{ path: 'list', before: null, after: 'x' }]))
    expect(exists.message).toBe('list exists already; it is not overwritten.')
    const other = await errorOf(changeFiles(folder, [{ ...changed, before: 'older' }]))
    expect(other.message).toBe('list was changed meanwhile.')
    expect(await readFile(join(folder, 'list'), 'utf8')).toBe('before')
  })
})
