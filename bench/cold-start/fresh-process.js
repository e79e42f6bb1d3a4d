// A container's first activation: loads the unpacked action, calls it once, and says what both took.
// Plain JavaScript, so that the process holds nothing but the action.
const { readFileSync } = require('node:fs')

const [folder, params] = process.argv.slice(2)

async function start() {
  const before = performance.now()
  const { main } = require(folder)
  const loaded = performance.now()
  const result = await main(JSON.parse(params))
  const ended = performance.now()
  const { userCPUTime, systemCPUTime } = process.resourceUsage()
  // Not `ru_maxrss`, which a child inherits from the process that started it.
  const [, peakKB] = /VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))
  const measured = {
    initMs: loaded - before,
    firstRunMs: ended - loaded,
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    peakRssMB: Number(peakKB) / 1024,
    result,
  }
  process.stdout.write(`\n${JSON.stringify(measured)}\n`, () => process.exit(0))
}

start().catch((error) => {
  console.error(error)
  process.exit(1)
})
