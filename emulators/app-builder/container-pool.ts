import { startContainer } from './action-container'
import type { ActionContainer, ContainerOptions } from './action-container'

/** The deployed action that a container runs. */
export interface Deployed {
  /** `/namespace/package/name` */
  readonly path: string
  /** A new object for each deployment. The version is not unique: an undeploy resets it. */
  readonly revision: object
}

/** A slot for one run in a container. */
export interface Place {
  readonly container: ActionContainer
  /** Must be called when the run has ended. */
  leave(): void
}

export interface ContainerPool {
  /**
   * A place in a warm container of the same revision, or in a new container. Idle containers of earlier revisions end.
   * @param concurrency how many runs one container takes at a time
   */
  enter(deployed: Deployed, concurrency: number, options: ContainerOptions): Promise<Place>
  /** Process ids of the containers that are running an action. */
  busy(): readonly number[]
  /** Kills every container, busy or idle; the next run starts cold. */
  killAll(): void
  stop(): Promise<void>
}

interface Pooled extends Deployed {
  readonly started: Promise<ActionContainer>
  container: ActionContainer | null
  running: number
}

/** Keeps containers warm, and frozen while they are idle. */
export function createContainerPool(): ContainerPool {
  const pool = new Set<Pooled>()

  function start(deployed: Deployed, options: ContainerOptions): Pooled {
    const pooled: Pooled = { ...deployed, started: startContainer(options), container: null, running: 0 }
    pool.add(pooled)
    const remove = () => pool.delete(pooled)
    pooled.started.then((container) => {
      pooled.container = container
      return container.gone.then(remove)
    }, remove)
    return pooled
  }

  /** Ends idle containers of earlier revisions; busy ones end at a later run. */
  function endReplaced({ path, revision }: Deployed): void {
    for (const pooled of pool) {
      if (pooled.path === path && pooled.revision !== revision && pooled.running === 0)
        pooled.container?.kill()
    }
  }

  const started = () =>
    [...pool].flatMap(({ container, running }) => (container ? [{ container, running }] : []))
  return {
    async enter(deployed, concurrency, options) {
      endReplaced(deployed)
      const free = [...pool].find(
        ({ revision, running, container }) =>
          revision === deployed.revision && running < concurrency && (container?.alive ?? true),
      )
      const pooled = free ?? start(deployed, options)
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
