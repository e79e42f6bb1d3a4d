import { events, faultyEvent } from '../../../../src/destinations/bulk-data-insertion/events'

describe('events', () => {
  it('writes events alone, with numbers, and with ids', () => {
    const text = events('purchase', 'event1', ['event2', 9.99], ['event3', -5], { name: 'event4', id: 'A17' })

    expect(text).toBe('purchase,event1,event2=9.99,event3=-5,event4:A17')
    expect(faultyEvent(text)).toBeNull()
  })

  it('refuses an id that would begin another event', () => {
    expect(() => events({ name: 'event1', id: 'A,event5' })).toThrow(
      'The id "A,event5" of event1 has a comma, which would begin another event.',
    )
  })
})

describe('faultyEvent', () => {
  it.each([
    'event1',
    'event1000',
    'prodView,scOpen,scAdd,scRemove,scView,scCheckout',
    'event1=10,event2:ID20',
  ])('takes %s', (text) => {
    expect(faultyEvent(text)).toBeNull()
  })

  it.each([
    ['event0', 'event0'],
    ['event1,event1001', 'event1001'],
    ['event01', 'event01'],
    ['Event1', 'Event1'],
    ['event1,', ''],
    ['event1, event2', ' event2'],
    ['event1=', 'event1='],
    ['event1=1e21', 'event1=1e21'],
    ['event1=NaN', 'event1=NaN'],
    ['event1:with space', 'event1:with space'],
    ['event1:123456789012345678901', 'event1:123456789012345678901'],
    ['event1\n', 'event1\n'],
    ['order', 'order'],
  ])('finds the fault of %p', (text, faulty) => {
    expect(faultyEvent(text)).toBe(faulty)
  })
})
