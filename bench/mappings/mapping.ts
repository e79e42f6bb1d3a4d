import { cycle, orderOf } from '../orders'
import { plainHit } from '../subjects/plain-hit'
import { measure, task } from '../subjects/subject'
import type { Order } from '../orders'

const count = 10_000

/**
 * Measures one mapping record by record, for as long as the task says, after as long a warm-up.
 * @param map one order to its row, in whatever form the subject has it
 * @param textsOf the values of the 16 columns, for the comparison with the expected ones
 */
export function measureMapping<Row>(
  map: (order: Order) => Row | Promise<Row>,
  textsOf: (row: Row) => Readonly<Record<string, string>>,
): void {
  // As a parser leaves them, not as this program built them.
  const orders = JSON.parse(
    JSON.stringify(Array.from({ length: count }, (_, index) => orderOf(index * (cycle / count)))),
  ) as Order[]

  async function repeat(seconds: number): Promise<number> {
    const end = performance.now() + seconds * 1000
    let rows = 0
    let next = 0
    while (performance.now() < end) {
      for (let at = 0; at < 500; at += 1) {
        const row = map(orders[next] ?? orderOf(next))
        if (row instanceof Promise) await row
        next = (next + 1) % count
      }
      rows += 500
    }
    return rows
  }

  async function compare(): Promise<void> {
    for (const order of orders) {
      const texts = textsOf(await map(order))
      for (const [name, text] of Object.entries(plainHit(order))) {
        if (name === 'reportSuiteID' || texts[name] === text) continue
        throw new Error(
          `${name} of ${order.id} is ${JSON.stringify(texts[name])}, not ${JSON.stringify(text)}`,
        )
      }
    }
  }

  void compare()
    .then(() => repeat(task.seconds))
    .then(() => measure(async () => ({ rows: await repeat(task.seconds) })))
}
