import { startContainer } from './action-container'
import type { ActionContainer, ContainerOptions } from './action-container'

/** A container while one run has a place in it. */
export interface Place {
  readonly container: ActionContainer
  /** Must be called when the run has ended. */
  leave(): void
}

export interface ContainerPool {
  /**
   * A place in a warm container, or in a new one.
   * @param key of what runs in it; containers of another key are never given out
   * @param concurrency how many runs one container takes at a time
   */
  enter(key: string, concurrency: number, options: ContainerOptions): Promise<Place>
  /** Process ids of the containers that are at work. */
  busy(): readonly number[]
  /** Kills every container, busy or idle; the next run starts cold. */
  killAll(): void
  stop(): Promise<void>
}

interface Pooled {
  readonly key: string
  readonly started: Promise<ActionContainer>
  container: ActionContainer | null
  running: number
}

/** Keeps containers warm, and frozen while nobody uses them. */
export function createContainerPool(): ContainerPool {
  const pool = new Set<Pooled>()

  function start(key: string, options: ContainerOptions): Pooled {
    const pooled: Pooled = { key, started: startContainer(options), container: null, running: 0 }
    pool.add(pooled)
    const remove = () => pool.delete(pooled)
    pooled.started.then((container) => {
      pooled.container = container
      return container.gone.then(remove)
    }, remove)
    return pooled
  }

  const started = () =>
    [...pool].flatMap(({ container, running }) => (container ? [{ container, running }] : []))
  return {
    async enter(key, concurrency, options) {
      const free = [...pool].find(
        (pooled) => pooled.key === key && pooled.running < concurrency && (pooled.container?.alive ?? true),
      )
      const pooled = free ?? start(key, options)
      pooled.running += 1
      const container = await pooled.started
      container.thaw()
      return {
        container,
        leave() {
          pooled.running -= 1
          if (pooled.running === 0 && container.alive) container.freeze()
        },
      }
    },
    busy: () =>
      started()
        .filter(({ container, running }) => container.alive && running > 0)
        .map(({ container }) => container.pid),
    killAll() {
      for (const { container } of started()) container.kill()
    },
    async stop() {
      const containers = await Promise.allSettled([...pool].map((pooled) => pooled.started))
      const living = containers.flatMap((settled) => (settled.status === 'fulfilled' ? [settled.value] : []))
      for (const container of living) container.kill()
      await Promise.all(living.map((container) => container.gone))
    },
  }
}
