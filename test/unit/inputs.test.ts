import { input, inputsFrom, secret } from '../../src/inputs'
import { errorOf } from '../fixtures/error-of'

it('the redactor learns a secret when it is resolved, whatever its name', () => {
  const learnt: string[] = []
  const inputs = inputsFrom({ PASSPHRASE: 'canary-passphrase', PIN: 123456, HOST: 'host' }, (value) =>
    learnt.push(value),
  )

  expect([inputs(secret('PASSPHRASE')), inputs(secret('PIN')), inputs(input('HOST'))]).toEqual([
    'canary-passphrase',
    '123456',
    'host',
  ])
  expect(learnt).toEqual(['canary-passphrase', '123456'])
})

it('a secret of fewer than six characters is refused by its name, not by its value', async () => {
  const error = await errorOf(Promise.resolve().then(() => inputsFrom({ PAT: 'abcde' })(secret('PAT'))))

  expect(error).toMatchObject({ code: 'input-invalid', message: expect.stringContaining('PAT') as string })
  expect(JSON.stringify(error)).not.toContain('abcde')
})
