import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { ChildProcess } from 'node:child_process'

/** How a test file ended: `passed`, `failed`, or `timeout` where it had to be ended. */
export type Verdict = 'passed' | 'failed' | 'timeout'

export interface TestRunner {
  /** @param test path in the checkout */
  run(test: string, timeoutMs: number): Promise<Verdict>
  stop(): void
}

/** What a mutant left behind (open handles, memory) must not decide about many others. */
const runsOfOneServer = 40

/** Runs test files of a checkout, one at a time, in a process that is replaced when it crashes, hangs or grows old. */
export function createTestRunner(root: string): TestRunner {
  let server: ChildProcess | null = null
  let runs = 0

  function stop(): void {
    // The group, so that containers of the test end with it.
    if (server?.pid !== undefined && server.exitCode === null) process.kill(-server.pid, 'SIGKILL')
    server = null
  }

  function start(): ChildProcess {
    if (runs++ % runsOfOneServer === 0) stop()
    return (server ??= fork(join(root, 'test/tools/mutants/jest-server.ts'), {
      cwd: root,
      execArgv: ['--require', 'esbuild-register'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      detached: true,
    }))
  }

  async function runOnce(test: string, timeoutMs: number): Promise<Verdict | 'crashed'> {
    const running = start()
    const ends = new AbortController()
    const { signal } = ends
    const timer = setTimeout(() => ends.abort(), timeoutMs)
    running.send(test)
    try {
      return await Promise.race([
        once(running, 'message', { signal }).then(([passed]) => (passed === true ? 'passed' : 'failed')),
        once(running, 'exit', { signal }).then(() => 'crashed' as const),
      ])
    } catch (error) {
      if (!signal.aborted) throw error
      stop()
      return 'timeout'
    } finally {
      clearTimeout(timer)
      ends.abort()
      if (running.exitCode !== null || running.signalCode !== null) server = null
    }
  }

  return {
    async run(test, timeoutMs) {
      const verdict = await runOnce(test, timeoutMs)
      if (verdict !== 'crashed') return verdict
      // An earlier mutant may have left behind what ended the process: only a fresh one tells.
      stop()
      const again = await runOnce(test, timeoutMs)
      return again === 'crashed' ? 'failed' : again
    },
    stop,
  }
}
