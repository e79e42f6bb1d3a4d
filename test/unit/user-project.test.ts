import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { jobs } from '../../src/jobs'
import { unknownNames } from '../../src/alerts/targets'
import { readAlertSettings } from '../../src/app-builder/params/alert-params'
import { inputsOf } from '../../src/definition/job-faults'
import { root } from '../../emulators/local/root'
import { packageName, shippedManifest } from '../fixtures/app/manifest'

/** What is held for a user of this project, whatever jobs, alarms and rules they have. */
const actions = shippedManifest().runtimeManifest.packages[packageName]?.actions ?? {}
const boundIn = (action: string) =>
  Object.entries(actions[action]?.inputs ?? {}).flatMap(([name, value]) =>
    value === `$${name}` ? [name] : [],
  )

it('every input that a job names is bound to run-job in the manifest, and explained in .env.example', () => {
  const named = jobs.flatMap((job) => inputsOf(job)).map(({ name }) => name)
  const example = readFileSync(join(root, '.env.example'), 'utf8')

  expect(named.filter((name) => !boundIn('run-job').includes(name))).toEqual([])
  expect(named.filter((name) => !new RegExp(`^${name}=`, 'm').test(example))).toEqual([])
})

it('every input that a destination names is bound to verify-arrival, which opens no source', () => {
  const named = jobs.flatMap(({ destination }) => destination.inputs).map(({ name }) => name)

  expect(named.filter((name) => !boundIn('verify-arrival').includes(name))).toEqual([])
})

it('every input of a source that asks for consent is bound to connect as well', () => {
  const named = jobs.filter(({ source }) => source.consent).flatMap(({ source }) => source.inputs)

  const bound = boundIn('connect')

  expect(bound).toContain('TOKEN_ENCRYPTION_KEY')
  expect(named.map(({ name }) => name).filter((name) => !bound.includes(name))).toEqual([])
})

it('every job can be opened, and has a name of its own', () => {
  const faults = jobs.flatMap((job) => job.faults.map((fault) => `${job.name}: ${fault}`))
  const names = jobs.map(({ name }) => name)

  expect(faults).toEqual([])
  expect([...new Set(names)]).toEqual(names)
})

it('the periods that the manifest declares for the watchdog are of jobs that exist', () => {
  const settings = readAlertSettings(actions.watchdog?.inputs ?? {})

  expect(unknownNames(jobs, settings)).toEqual([])
})
