/** Numbers from here on are written with an exponent, or have lost their last digits. */
const tooLarge = 1e15
const decimal = /^(-?)(\d+)(?:\.(\d+))?$/

/** A metric in decimal notation without exponent; null where the number has none, or is too large to be exact. */
export function metricText(value: number): string | null {
  const text = String(value === 0 ? 0 : value)
  return Math.abs(value) < tooLarge && decimal.test(text) ? text : null
}

/** The exact sum of two metrics in decimal notation; an empty text is no value. */
export function addMetrics(a: string, b: string): string {
  if (a === '' || b === '') return a + b
  const places = Math.max(placesOf(a), placesOf(b))
  return decimalOf(scaled(a, places) + scaled(b, places), places)
}

function placesOf(text: string): number {
  return decimal.exec(text)?.[3]?.length ?? 0
}

function scaled(text: string, places: number): bigint {
  const [, sign = '', whole = '0', fraction = ''] = decimal.exec(text) ?? []
  return BigInt(`${sign}${whole}${fraction.padEnd(places, '0')}`)
}

function decimalOf(value: bigint, places: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}
