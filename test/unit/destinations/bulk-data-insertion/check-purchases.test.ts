import { checkPurchases } from '../../../../src/destinations/bulk-data-insertion/check-events'

it.each([
  ['a price', { events: 'event1', products: 'cat;shirt;;9.98' }],
  ['a quantity of the second product', { events: 'scAdd', products: ';shirt,;sock;2' }],
  ['a price and no events', { products: ';shirt;;5' }],
])('%s without the event `purchase` is noted, because it counts as no revenue', (_what, row) => {
  expect(checkPurchases([row])).toMatchObject([{ level: 'note', subject: 'products' }])
})

it.each([
  ['products without quantity and price', [{ events: 'prodView', products: ';shirt;;;event1=5' }]],
  ['a price of nothing', [{ events: 'event1', products: ';shirt;0;0' }]],
  ['a purchase with its id', [{ events: 'event1,purchase:A17', products: ';shirt;1;5' }]],
  ['a purchase in another row', [{ products: ';shirt;1;5' }, { events: 'purchase', products: ';sock;1;5' }]],
  ['rows without products', [{ events: 'event1' }]],
])('%s need no note about revenue', (_what, rows) => {
  expect(checkPurchases(rows)).toEqual([])
})
