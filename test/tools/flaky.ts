import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'

/**
 * `npm run test:flaky`: the quick suite again and again, its files each time in another order and its properties with other
 * inputs, with a busy loop on every core. Fails where one run fails; the seed that is printed repeats both.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { runs: { type: 'string', default: '5' }, seed: { type: 'string', default: '1' } },
  })
  let green = 0
  for (let run = 0; run < Number(values.runs); run += 1) {
    const seed = Number(values.seed) + run
    const begun = Date.now()
    const passed = await underLoad(() => runSuite(seed))
    if (passed) green += 1
    const seconds = Math.round((Date.now() - begun) / 1000)
    console.log(`seed ${seed}: ${passed ? 'passed' : 'FAILED'} in ${seconds} s`)
  }
  console.log(`${green} of ${values.runs} runs passed`)
  process.exitCode = green === Number(values.runs) ? 0 : 1
}

async function underLoad<Result>(work: () => Promise<Result>): Promise<Result> {
  const loops = Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ['--eval', 'for (;;);'], { stdio: 'ignore' }),
  )
  const end = () => {
    for (const loop of loops) loop.kill()
  }
  process.once('exit', end)
  try {
    return await work()
  } finally {
    end()
    process.off('exit', end)
  }
}

async function runSuite(seed: number): Promise<boolean> {
  const args = ['--ci', '--silent', '--reporters=summary', `--seed=${seed}`]
  const order = `--testSequencer=${require.resolve('./shuffled.js')}`
  const jest = spawn(process.execPath, [require.resolve('jest/bin/jest'), ...args, order], {
    stdio: 'inherit',
    env: { ...process.env, PROPERTY_SEED: String(seed) },
  })
  const [code] = (await once(jest, 'exit')) as [number | null]
  return code === 0
}

void main()
