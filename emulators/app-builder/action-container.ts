import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AdmZip from 'adm-zip'
import { collectLogs } from './container-logs'

/** How one run in a container ended. `refused` is the container's own failure, such as code that does not load. */
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

/** A separate Node.js process that holds one built action, and has a temporary folder of its own. */
export interface ActionContainer {
  readonly pid: number
  readonly alive: boolean
  /** Loads the action on first use, and runs it. The container is killed where either takes `timeoutMs`. */
  run(body: object, timeoutMs: number): Promise<ContainerRun>
  /** Stops the process without ending it, as the platform does with a container that nobody uses. */
  freeze(): void
  thaw(): void
  kill(): void
  /** Resolves when the process is gone and its folder with it. */
  readonly gone: Promise<void>
}

export interface ContainerRun {
  readonly end: ContainerEnd
  readonly logs: readonly string[]
}

const memoryCheckMs = 100

/** Starts a container. Its action is loaded by the first run. */
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
  let alive = true
  const kill = () => {
    alive = false
    child.kill('SIGKILL')
  }
  process.once('exit', kill)
  const closed = new Promise<void>((resolve) => child.once('close', resolve))
  const gone = closed.then(async () => {
    process.off('exit', kill)
    await rm(root, { recursive: true, force: true })
  })
  child.once('exit', () => (alive = false))
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(message as number))
    child.once('exit', (status) => reject(new Error(`The container did not start: exit ${String(status)}.`)))
  })

  /** One call of the program inside, within limits of time and memory. */
  async function call(path: '/init' | '/run', body: object, timeoutMs: number): Promise<ContainerEnd> {
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
      return await post(port, path, body)
    } catch {
      await closed
      return { kind: cause, during: path === '/init' ? 'initialization' : 'run' }
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
      loading ??= call('/init', { value: { main, folder, env } }, timeoutMs)
      const loaded = await loading
      const end = loaded.kind === 'result' ? await call('/run', body, timeoutMs) : loaded
      if (end.kind !== 'result') kill()
      return { end, logs: await logs.take() }
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    kill,
    gone,
  }
}

/** 0 where the system does not tell. */
function residentMb(pid: number | undefined): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid ?? ''}/status`, 'utf8'))?.[1]
    return Number(kilobytes ?? 0) / 1024
  } catch {
    return 0
  }
}

/** @throws Error where the connection breaks, as it does when the process ends */
function post(port: number, path: string, body: object): Promise<ContainerEnd> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, method: 'POST', agent: false }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        const result = JSON.parse(Buffer.concat(chunks).toString()) as unknown
        if (answer.statusCode === 200) resolve({ kind: 'result', result })
        else resolve({ kind: 'refused', error: (result as { error: string }).error })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(JSON.stringify(body))
  })
}
