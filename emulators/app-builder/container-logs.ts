import { createInterface } from 'node:readline'
import type { ChildProcess } from 'node:child_process'

/** The action proxy writes this marker to both streams after each activation. */
const endOfActivation = 'XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX'

export interface ContainerLogs {
  /** The lines of one activation; resolves at the end marker, or the end, of both streams. */
  take(): Promise<readonly string[]>
}

/** Collects the output of an action in OpenWhisk's format: time, stream, text. */
export function collectLogs(child: ChildProcess): ContainerLogs {
  let lines: string[] = []
  const streams = [child.stdout, child.stderr].map((stream, index) => {
    const name = index === 0 ? 'stdout' : 'stderr'
    let complete = 0
    let waiting: (() => void)[] = []
    const release = () => {
      for (const resume of waiting) resume()
      waiting = []
    }
    if (!stream) return { completed: () => Promise.resolve() }
    createInterface({ input: stream })
      .on('line', (line) => {
        if (line !== endOfActivation) lines.push(`${new Date().toISOString()} ${name}: ${line}`)
        else {
          complete += 1
          release()
        }
      })
      .once('close', () => {
        complete = Infinity
        release()
      })
    return {
      async completed() {
        while (complete === 0) await new Promise<void>((resolve) => waiting.push(resolve))
        complete -= 1
      },
    }
  })

  return {
    async take() {
      await Promise.all(streams.map((stream) => stream.completed()))
      const taken = lines
      lines = []
      return taken
    },
  }
}
