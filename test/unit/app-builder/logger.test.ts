import { createLogger } from '../../../src/app-builder/logger'
import { createRedactor } from '../../../src/http/redact'

const redactor = createRedactor()
redactor.add('canary-secret')

function linesOf(write: (log: ReturnType<typeof createLogger>) => void, level = 'debug'): string[] {
  const lines: string[] = []
  for (const method of ['log', 'error'] as const) {
    jest.spyOn(console, method).mockImplementation((...line: unknown[]) => void lines.push(line.join(' ')))
  }
  write(createLogger(level, redactor))
  jest.restoreAllMocks()
  return lines
}

it('a line of the log is JSON without secrets and control characters', () => {
  const [line = ''] = linesOf((log) =>
    log.info('is \u009b31m canary-secret', { deep: [{ at: 'canary%2dsecret' }] }),
  )

  expect(JSON.parse(line)).toEqual({
    level: 'info',
    message: 'is  31m [redacted]',
    deep: [{ at: '[redacted]' }],
  })
})

it('a long text is cut after it was redacted', () => {
  const [line = ''] = linesOf((log) => log.error(`${'x '.repeat(1_997)}canary-secret`))

  expect(line.length).toBeLessThan(4_100)
  expect(line).not.toContain('canary')
})

it('lines below the level are left out', () => {
  expect(linesOf((log) => log.info('quiet'), 'warn')).toEqual([])
})
