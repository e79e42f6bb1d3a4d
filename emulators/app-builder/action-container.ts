import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AdmZip from 'adm-zip'
import { collectLogs } from './container-logs'
import type { ChildProcess } from 'node:child_process'

/** How a run ended. `refused` is a failure that the container reports, such as code that does not load. */
export type ContainerEnd =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'refused'; readonly error: string }
  | { readonly kind: 'timeout' | 'memory' | 'died'; readonly during: 'initialization' | 'run' }

export interface ContainerOptions {
  /** The built zip. */
  readonly code: Buffer
  readonly main: string
  readonly memoryMb: number
  /** Set before the action is loaded. */
  readonly env: Readonly<Record<string, string>>
}

/** A separate Node.js process that holds one built action and has a temporary folder of its own. */
export interface ActionContainer {
  readonly pid: number
  readonly alive: boolean
  /** Loads the action on first use and runs it. Kills the container when either takes `timeoutMs`. */
  run(body: object, timeoutMs: number): Promise<ContainerRun>
  /** Stops the process (SIGSTOP): the platform pauses idle containers in the same way. */
  freeze(): void
  thaw(): void
  kill(): void
  /** Resolves when the process has ended and its folder is deleted. */
  readonly gone: Promise<void>
}

export interface ContainerRun {
  readonly end: ContainerEnd
  readonly logs: readonly string[]
  /** Start of the initialization or, in a warm container, of the run; ms since the epoch. */
  readonly start: number
  /** Duration of the initialization, ms; null in a warm container. */
  readonly initMs: number | null
}

const memoryCheckMs = 100

/** Starts a container. Its first run loads the action. */
export async function startContainer({
  code,
  main,
  memoryMb,
  env,
}: ContainerOptions): Promise<ActionContainer> {
  const root = await mkdtemp(join(tmpdir(), 'action-'))
  const scratch = join(root, 'tmp')
  const folder = join(root, 'action')
  await mkdir(scratch)
  new AdmZip(code).extractAllTo(folder, true)
  const child = fork(join(__dirname, 'container-program.js'), [], {
    execArgv: [`--max-old-space-size=${memoryMb}`],
    env: { PATH: process.env.PATH ?? '', TMPDIR: scratch },
    silent: true,
  })
  const logs = collectLogs(child)
  const ask = channelTo(child)
  let alive = true
  const kill = () => {
    alive = false
    child.kill('SIGKILL')
  }
  process.once('exit', kill)
  child.once('exit', () => (alive = false))
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const gone = closed.then(async () => {
    process.off('exit', kill)
    await rm(root, { recursive: true, force: true })
  })
  await new Promise((resolve, reject) => {
    child.once('spawn', resolve)
    child.on('error', reject)
  })

  /** One call of the program inside the container, with limits of time and memory. */
  async function call(name: 'init' | 'run', body: object, timeoutMs: number): Promise<ContainerEnd> {
    let cause: 'timeout' | 'memory' | 'died' = 'died'
    const end = (why: 'timeout' | 'memory') => {
      cause = why
      kill()
    }
    const timer = setTimeout(() => end('timeout'), timeoutMs)
    const guard = setInterval(() => {
      if (residentMb(child.pid) > memoryMb) end('memory')
    }, memoryCheckMs)
    try {
      const ended = await Promise.race([ask(name, body), closed])
      return ended ?? { kind: cause, during: name === 'init' ? 'initialization' : 'run' }
    } finally {
      clearTimeout(timer)
      clearInterval(guard)
    }
  }

  let loading: Promise<ContainerEnd> | null = null
  return {
    pid: child.pid ?? 0,
    get alive() {
      return alive
    },
    async run(body, timeoutMs) {
      const cold = loading === null
      const arrived = Date.now()
      loading ??= call('init', { main, folder, env }, timeoutMs)
      const loaded = await loading
      const ready = Date.now()
      const end = loaded.kind === 'result' ? await call('run', body, timeoutMs) : loaded
      if (end.kind !== 'result') kill()
      const initMs = cold ? ready - arrived : null
      return { end, logs: await logs.take(), start: cold ? arrived : ready, initMs }
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    kill,
    gone,
  }
}

/** Request and response over the IPC channel of `fork`. After the end of the process the promise never settles. */
function channelTo(child: ChildProcess): (call: 'init' | 'run', body: object) => Promise<ContainerEnd> {
  const waiting = new Map<number, (end: ContainerEnd) => void>()
  let sent = 0
  child.on('message', (message) => {
    const { id, end } = message as { id: number; end: ContainerEnd }
    waiting.get(id)?.(end)
    waiting.delete(id)
  })
  return function ask(call, body) {
    const id = (sent += 1)
    return new Promise((resolve) => {
      waiting.set(id, resolve)
      // A send error means that the process has ended; the caller waits for that too.
      child.send({ id, call, body }, () => undefined)
    })
  }
}

/** 0 on systems without /proc. */
function residentMb(pid: number | undefined): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid ?? ''}/status`, 'utf8'))?.[1]
    return Number(kilobytes ?? 0) / 1024
  } catch {
    return 0
  }
}
