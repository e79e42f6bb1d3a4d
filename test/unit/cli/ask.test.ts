import { PassThrough } from 'node:stream'
import { askAt } from '../../../src/cli/ask'
import { errorOf } from '../../fixtures/error-of'

it('a question gets the line that a person types', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const answer = askAt(input, output, 'Name? ')
  input.write('orders\nnext')
  expect(await answer).toBe('orders')
  expect(String(output.read())).toBe('Name? ')
})

it('a question whose input ends is an error, and no success', async () => {
  const input = new PassThrough()
  const answer = askAt(input, new PassThrough(), 'Name? ')
  input.end()
  expect((await errorOf(answer)).message).toBe('The input ended before an answer.')
})
