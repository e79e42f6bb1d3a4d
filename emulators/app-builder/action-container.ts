import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AdmZip from 'adm-zip'
import type { ChildProcess } from 'node:child_process'

/** How one run in a container ended. */
export type ContainerEnd =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'memory' }
  | { readonly kind: 'died' }

export interface ContainerOptions {
  /** The built zip. */
  readonly code: Buffer
  readonly main: string
  readonly memoryMb: number
  /** Set before the action is loaded. */
  readonly env: Readonly<Record<string, string>>
}

/** A separate Node.js process that holds one built action. */
export interface ActionContainer {
  readonly pid: number
  readonly alive: boolean
  /** `timeoutMs` after this call the container is killed. */
  run(
    body: object,
    timeoutMs: number,
  ): Promise<{ readonly end: ContainerEnd; readonly logs: readonly string[] }>
  kill(signal?: NodeJS.Signals): void
  dispose(): Promise<void>
}

const memoryCheckMs = 100

/** Starts a container and loads the action into it. */
export async function startContainer(options: ContainerOptions): Promise<ActionContainer> {
  const folder = await mkdtemp(join(tmpdir(), 'action-'))
  new AdmZip(options.code).extractAllTo(folder, true)
  const child = fork(join(__dirname, 'container-program.ts'), [], {
    execArgv: ['--require', require.resolve('tsx/cjs'), `--max-old-space-size=${options.memoryMb}`],
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production' },
    silent: true,
  })
  let logs: string[] = []
  collect(child, (line) => logs.push(line))
  let alive = true
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      alive = false
      resolve()
    })
  })
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(message as number))
    child.once('exit', () => reject(new Error(`The container did not start. ${logs.join(' ')}`)))
  })
  const loaded = (await post(port, '/init', { value: { main: options.main, folder, env: options.env } })) as {
    error?: string
  }
  if (loaded.error !== undefined) throw new Error(loaded.error)

  return {
    pid: child.pid ?? -1,
    get alive() {
      return alive
    },
    async run(body, timeoutMs) {
      logs = []
      let cause: 'timeout' | 'memory' | 'died' = 'died'
      const stop = (why: 'timeout' | 'memory') => {
        cause = why
        child.kill('SIGKILL')
      }
      const timer = setTimeout(() => stop('timeout'), timeoutMs)
      const guard = setInterval(() => {
        if (residentMb(child.pid ?? 0) > options.memoryMb) stop('memory')
      }, memoryCheckMs)
      const died = exited.then((): ContainerEnd => ({ kind: cause }))
      const answered = post(port, '/run', body).then(
        (result): ContainerEnd => ({ kind: 'result', result }),
        () => died,
      )
      const end = await Promise.race([answered, died])
      clearTimeout(timer)
      clearInterval(guard)
      return { end, logs }
    },
    kill: (signal = 'SIGKILL') => void child.kill(signal),
    async dispose() {
      child.kill('SIGKILL')
      await exited
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function collect(child: ChildProcess, add: (line: string) => void): void {
  for (const [name, stream] of [
    ['stdout', child.stdout],
    ['stderr', child.stderr],
  ] as const) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n').filter(Boolean)) add(`${new Date().toISOString()} ${name}: ${line}`)
    })
  }
}

/** 0 where the system does not tell. */
function residentMb(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Number(kilobytes ?? 0) / 1024
  } catch {
    return 0
  }
}

function post(port: number, path: string, body: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, method: 'POST', agent: false }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())))
    })
    outgoing.on('error', reject)
    outgoing.end(JSON.stringify(body))
  })
}
