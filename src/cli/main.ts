import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { readEnvironmentFile } from '../app-builder/environment-file'
import { systemClock } from '../clock'
import { createHttpClient } from '../http/node-fetch-client'
import { createHttpDownload } from '../http/node-fetch-download'
import { jobs } from '../jobs'
import { inputsOf } from '../definition/job-faults'
import { askAt } from './ask'
import { runCommandLine } from './command-line'
import { startPractice } from './practice'
import type { InputReference } from '../inputs'

const folder = join(__dirname, '..', '..')

/** `npm run job -- …`, `npx analytics-ingest …` */
async function main(): Promise<void> {
  const clock = systemClock
  const isTerminal = process.stdin.isTTY && process.stderr.isTTY
  process.exitCode = await runCommandLine(process.argv.slice(2), {
    env: { ...readEnvironmentFile(join(folder, '.env')), ...process.env },
    http: createHttpClient({ clock }),
    download: createHttpDownload({ clock }),
    clock,
    random: Math.random,
    jobs: jobs.map((job) => ({ ...job, inputNames: namesOf(inputsOf(job)) })),
    folder,
    print: (text) => console.log(text),
    say: (text) => console.error(text),
    progress: (text) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text ?? ''}`)
    },
    ask: isTerminal ? (question) => askAt(process.stdin, process.stderr, question) : null,
    format,
    startPractice: () => startPractice(folder),
    runScript: (path, args) => runScript(path, args),
  })
}

function namesOf(references: readonly InputReference[]): readonly string[] {
  return [...new Set(references.map(({ name }) => name))]
}

async function format(path: string, text: string): Promise<string> {
  const prettier = await import('prettier')
  const filepath = join(folder, path)
  return prettier.format(text, { ...(await prettier.resolveConfig(filepath)), filepath })
}

function runScript(path: string, args: readonly string[]): Promise<number> {
  const loader = require.resolve('esbuild-register')
  const child = spawn(process.execPath, ['--require', loader, join(folder, path), ...args], {
    cwd: folder,
    stdio: 'inherit',
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      resolve(code ?? 1)
    })
  })
}

void main()
