import { runJob } from '../../../src/pipeline/run-job'
import { waitingPlan } from '../../../src/state/plan'
import { benign, scripted } from '../choices'
import { isDeletion } from '../destination'
import { isDone, nextCommand } from '../operator'
import { tableOf } from '../service'
import { expectedLine, overtaken } from '../verdict'
import { createWorld, documentOf, noCommand, pass } from '../world'
import { mendAll, perform } from './source-deeds'
import type { Command } from '../../../src/pipeline/run-context'
import type { RunReport } from '../../../src/state/run-report'
import type { StateDocument } from '../../../src/state/state-document'
import type { Choices } from '../choices'
import type { ModelRecord } from '../records'
import type { World, WorldOptions } from '../world'
import type { Schedule } from './alphabet'
import type { Past } from './source-deeds'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** A job that deletes the keys of records that vanish. */
function openWorld(records: number, choices: Choices, destination: WorldOptions['destination']): World {
  const first = Array.from({ length: records }, (_, index): ModelRecord => {
    const place = { visitor: 0, position: index, minute: index }
    return { id: `r${String(index).padStart(2, '0')}`, ...place, content: index, flaw: null }
  })
  const world = createWorld({
    ...{ records: first, choices, runJob },
    shape: { mode: 'full-refresh', kind: 'upsert', keyed: true, onChange: 'send', onVanished: 'delete-key' },
    destination: { batchRows: records > 8 ? 12 : 3, partitions: 1, ...destination },
    feedShape: { pageSize: 10 },
  })
  world.contents = records
  return world
}

/** One history: the drawn steps, then as many runs and answers as it takes. */
export async function play(drawn: Schedule, destination: WorldOptions['destination'] = {}) {
  const script = scripted(drawn.choices)
  const fate = { isOpen: drawn.isFresh }
  const choices: Choices = { next: (options) => (fate.isOpen ? script : benign).next(options) }
  const world = openWorld(drawn.records, choices, destination)
  if (!drawn.isFresh) await settle(world)
  world.seen.clear()
  fate.isOpen = true
  const latest = new Map(world.feed.records.map((record) => [record.id, record]))
  const past: Past = { latest, returned: new Set() }
  for (const { deeds, accident, activationMs, waitMs, approves } of drawn.steps) {
    for (const deed of deeds) perform(world, past, deed)
    world.activationMs = activationMs
    const { process } = world.activate(accident, approves ? approval(world) : noCommand)
    await pass(world, waitMs)
    noteDoubts(world)
    if (process.fate !== 'running') world.seen.add(process.fate)
  }
  world.activationMs = 30 * minuteMs
  mendAll(world, past)
  await settle(world)
  await pass(world, 2 * hourMs)
  const finished = await settle(world)
  await pass(world, 2 * hourMs)
  return { finished, flaws: flawsOf(world, past), seen: world.seen }
}

/** Null where no run has got as far as to write it. */
function stored(world: World): StateDocument | null {
  return documentOf(world)
}

/** A deletion that is in doubt after a crash or a lost answer. */
function noteDoubts(world: World): void {
  const outbox = stored(world)?.outbox ?? []
  for (const { id, state } of outbox) {
    if (state !== 'in-doubt' && state !== 'sending') continue
    const lines = world.service.contents.get(id) ?? []
    if (lines.some(isDeletion)) world.seen.add('deletion in doubt')
    if (lines.some(isDeletion) && outbox.length > 1) world.seen.add('deletion in doubt beside another batch')
  }
}

function approval(world: World): Command {
  const document = stored(world)
  const plan = document && waitingPlan(document)
  if (!plan) return noCommand
  world.seen.add('plan approved')
  return { force: false, approve: plan.id }
}

/** Alarms, and a person who approves and answers, until the job is done; false where it never gets there. */
async function settle(world: World): Promise<boolean> {
  let command: Command = noCommand
  for (let round = 0; round < 40; round += 1) {
    const before = world.reports.length
    await world.time.runUntil(world.activate(null, command).done, 35 * minuteMs)
    const last = world.reports.slice(before).at(-1)
    if (last && isDone(last)) return true
    command = answerTo(world, last)
    await pass(world, 15 * minuteMs)
  }
  return false
}

function answerTo(world: World, report: RunReport | undefined): Command {
  const approved = approval(world)
  return approved === noCommand && report ? (nextCommand(world, report) ?? noCommand) : approved
}

/** How the keys that are shown differ from those of the source, and what went back to an older state for a while. */
function flawsOf({ service, feed }: World, { returned }: Past): readonly string[] {
  const shown = new Map([...tableOf(service)].filter(([, line]) => !isDeletion(line)))
  const wanted = new Map(feed.records.map((record) => [record.id, expectedLine(record)]))
  const kept = [...shown.keys()].filter((id) => !wanted.has(id)).map((id) => `${id} was not deleted`)
  const wrong = [...wanted]
    .filter(([id, line]) => shown.get(id) !== line)
    .map(([id, line]) => `${id} is ${shown.get(id) ?? 'missing'} instead of ${line}`)
  const stale = overtaken(service.applied).filter((line) => !returned.has(line))
  return [...kept, ...wrong, ...stale.map((line) => `went back to ${line}`)]
}
