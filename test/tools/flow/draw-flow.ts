import { after, before, delivery, extraction } from './stages'

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly name: string
  readonly does: readonly string[]
}

const [width, height] = [960, 395]
const line = 19
const padding = 14

/** The picture of one run, as SVG. Its colours follow the reader's light or dark scheme. */
export function drawFlow(): string {
  const alarm: Box = { x: 10, y: 10, width: 170, name: 'alarm', does: ['or a person,', 'or a run itself'] }
  const first = before.map((stage, index) => ({ ...stage, x: 215 + index * 205, y: 10, width: 170 }))
  const left: Box = { ...extraction, x: 10, y: 200, width: 250 }
  const outbox: Box = {
    x: 293,
    y: 219,
    width: 144,
    name: 'outbox',
    does: ['files, and one', 'state document'],
  }
  const right: Box = { ...delivery, x: 470, y: 200, width: 250 }
  const last: Box = { ...after, x: 760, y: 200, width: 190 }
  const boxes = [alarm, ...first, left, outbox, right, last]
  const [, , third = alarm] = first
  const end = third.x + third.width
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="Stages of one run">`,
    style,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="tip" d="M0 0 8 4 0 8z"/></marker></defs>',
    ...boxes.map(boxOf),
    ...[alarm, ...first].slice(1).map((box, index) => {
      const from = [alarm, ...first][index] ?? alarm
      return arrow(`M${from.x + from.width} ${middle(from)}H${box.x}`)
    }),
    // Both begin when the orphans are deleted.
    arrow(`M${end} ${middle(third)}H840V160H135V200`),
    arrow('M595 160V200'),
    arrow(`M${left.x + left.width} ${middle(left)}H${outbox.x}`),
    arrow(`M${outbox.x + outbox.width} ${middle(left)}H${right.x}`),
    arrow(`M${right.x + right.width} ${middle(right)}H${last.x}`),
    `<text class="note" x="365" y="${height - 20}" text-anchor="middle">side by side</text>`,
    arrow(`M310 ${height - 24}H135V${left.y + heightOf(left)}`),
    arrow(`M420 ${height - 24}H595V${right.y + heightOf(right)}`),
    '</svg>',
    '',
  ].join('\n')
}

const style = `<style>
text { font: 14px system-ui, sans-serif; fill: #333 }
.name { font: 600 14px ui-monospace, monospace; fill: #111 }
.note { font-style: italic }
rect { fill: #f4f6fa; stroke: #5b6b8c }
.arrow { fill: none; stroke: #5b6b8c; stroke-width: 1.5 }
.tip { fill: #5b6b8c }
@media (prefers-color-scheme: dark) {
  text { fill: #c9d1d9 } .name { fill: #f0f6fc } rect { fill: #161b22; stroke: #8b9bbd }
  .arrow { stroke: #8b9bbd } .tip { fill: #8b9bbd }
}
</style>`

function boxOf(box: Box): string {
  const { x, y, name, does } = box
  const texts = does.map(
    (text, index) => `<text x="${x + padding}" y="${y + 24 + (index + 1) * line}">${text}</text>`,
  )
  return [
    `<rect x="${x}" y="${y}" width="${box.width}" height="${heightOf(box)}" rx="8"/>`,
    `<text class="name" x="${x + padding}" y="${y + 24}">${name}</text>`,
    ...texts,
  ].join('')
}

function heightOf({ does }: Box): number {
  return 36 + does.length * line
}

function middle(box: Box): number {
  return box.y + heightOf(box) / 2
}

function arrow(path: string): string {
  return `<path class="arrow" d="${path}" marker-end="url(#tip)"/>`
}
