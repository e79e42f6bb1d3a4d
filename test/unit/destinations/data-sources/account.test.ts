import { chooseAccount, wantedAccount } from '../../../../src/destinations/data-sources/account'
import { input, inputsFrom } from '../../../../src/inputs'

const accounts = [
  { id: '741', name: 'Ad costs' },
  { id: '742', name: '741' },
  { id: '743', name: 'Refunds' },
  { id: '744', name: 'Refunds' },
]
const choose = (text: string, from = accounts) => chooseAccount(from, { text, input: 'ACCOUNT' }, 'suite')

describe('the account of a data source', () => {
  it('is found by its name and by its id; an id is preferred to an equal name', () => {
    expect(choose('Ad costs').id).toBe('741')
    expect(choose('741').id).toBe('741')
    expect(choose('744').id).toBe('744')
  })

  it('that does not exist is an error that lists those that do', () => {
    expect(() => choose('ad costs')).toThrow(
      'The report suite suite has no data source with the id or name "ad costs"; it has 741 (Ad costs), 742 (741), 743 (Refunds), 744 (Refunds).',
    )
    expect(() => choose('x', [])).toThrow('it has none.')
  })

  it('whose name is not the only one is an error that lists their ids', () => {
    expect(() => choose('Refunds')).toThrow(
      'several data sources with the name "Refunds": 743 (Refunds), 744 (Refunds)',
    )
  })

  it('is a fault of the input or of the job, wherever it is named', () => {
    const codeOf = (wanted: ReturnType<typeof wantedAccount>) => {
      try {
        chooseAccount([], wanted, 'suite')
      } catch (error) {
        return (error as { code: string }).code
      }
      return 'none'
    }
    const inputs = inputsFrom({ ACCOUNT: 'x' })
    expect(codeOf(wantedAccount(input('ACCOUNT'), inputs))).toBe('input-invalid')
    expect(codeOf(wantedAccount('x', inputs))).toBe('job-invalid')
  })
})
