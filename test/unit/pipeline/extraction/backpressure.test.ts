import { waitForRoom } from '../../../../src/pipeline/extraction/backpressure'
import { EngineSettings } from '../../../../src/pipeline/settings'
import { destinationWith, runContext } from '../../../fixtures/run-dependencies'
import { batchIn } from '../../../fixtures/stored-state'
import type { ExtractionControl } from '../../../../src/pipeline/extraction/extraction'
import type { OutboxEntry } from '../../../../src/state/outbox-entry'

const settings = EngineSettings.parse({ outboxLimit: 3 })

/** Batches on their way, one in each of the given states. */
function worldOf(semantics: 'append' | 'upsert', ...states: OutboxEntry['state'][]) {
  const outbox = states.map((state, index) => batchIn(state, { id: `b${index}` }))
  const context = runContext({ outbox }, { settings, destination: destinationWith({ semantics }) })
  const run = { waits: 0, isClosing: false }
  const control: ExtractionControl = {
    signal: context.signal,
    isClosing: () => run.isClosing,
    async waiting(change) {
      run.waits += 1
      const [next] = context.state.document.outbox
      if (next) context.state.later({ type: 'removed', id: next.id })
      await change
    },
  }
  return { context, control, run, pending: () => context.state.document.outbox.length }
}

describe('backpressure', () => {
  it('permits another commit while fewer batches than the limit are in the outbox', async () => {
    const { context, control, run } = worldOf('append', 'confirmed', 'confirmed')

    expect(await waitForRoom(context, control, () => false)).toBe('room')
    expect(run.waits).toBe(0)
  })

  it('keeps the outbox of a backfill at two batches a partition, so that ordinary rows soon follow', async () => {
    const { context, control, run } = worldOf('append', 'confirmed', 'confirmed', 'confirmed', 'confirmed')
    const roomy = { ...context, settings: EngineSettings.parse({}) }

    expect(await waitForRoom(roomy, control, () => false)).toBe('room')
    expect(run.waits).toBe(0)
    expect(await waitForRoom(roomy, control, () => true)).toBe('room')
    expect(run.waits).toBe(1)
  })

  it('waits at the limit until one batch has left the outbox', async () => {
    const { context, control, pending } = worldOf('append', 'confirmed', 'confirmed', 'confirmed')

    expect(await waitForRoom(context, control, () => false)).toBe('room')
    expect(pending()).toBe(2)
  })

  it('waits before an upsert destination until every batch of the commit before has left the outbox', async () => {
    const { context, control, pending } = worldOf('upsert', 'confirmed', 'confirmed')

    expect(await waitForRoom(context, control, () => false)).toBe('room')
    expect(pending()).toBe(0)
  })

  it('waits for nothing where a batch is held', async () => {
    const { context, control, run } = worldOf('append', 'held', 'confirmed', 'confirmed')

    expect(await waitForRoom(context, control, () => false)).toBe('held')
    expect(run.waits).toBe(0)
  })

  it('waits for nothing once the run is closing', async () => {
    const { context, control, run } = worldOf('append', 'confirmed', 'confirmed', 'confirmed')
    run.isClosing = true

    expect(await waitForRoom(context, control, () => false)).toBe('closing')
    expect(run.waits).toBe(0)
  })

  it('ends with the reason where the lease is lost during the wait', async () => {
    const { context, control } = worldOf('append', 'confirmed', 'confirmed', 'confirmed')
    const lost = new Error('the lease is lost')
    context.state.lose(lost)

    await expect(waitForRoom(context, control, () => false)).rejects.toBe(lost)
  })
})
