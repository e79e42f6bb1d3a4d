// A warm container: one call that does not count, then the same call again and again, as an alarm makes it.
// Plain JavaScript, so that the process holds nothing but the action.
const [folder, params, count] = process.argv.slice(2)

async function start() {
  const { main } = require(folder)
  await main(JSON.parse(params))
  const ticks = []
  for (let tick = 0; tick < Number(count); tick += 1) {
    const [cpu, from] = [process.cpuUsage(), performance.now()]
    const { outcome, rows } = await main(JSON.parse(params))
    const { user, system } = process.cpuUsage(cpu)
    ticks.push({ ms: performance.now() - from, cpuMs: (user + system) / 1000, outcome, rows })
  }
  process.stdout.write(`\n${JSON.stringify(ticks)}\n`, () => process.exit(0))
}

start().catch((error) => {
  console.error(error)
  process.exit(1)
})
