import { products, productsFault } from '../../../../src/destinations/bulk-data-insertion/products'

describe('products', () => {
  it('writes every part of a product in its place', () => {
    const text = products({
      category: 'Shoes',
      name: 'Sneaker',
      quantity: 3,
      price: 12.6,
      events: { event1: 1.4, event2: 9 },
      eVars: { eVar1: 'red', eVar2: 'L' },
    })

    expect(text).toBe('Shoes;Sneaker;3;12.6;event1=1.4|event2=9;eVar1=red|eVar2=L')
    expect(productsFault(text)).toBeNull()
  })

  it('leaves out what is not given, but keeps the places', () => {
    expect(products({ name: 'Sock' })).toBe(';Sock')
    expect(products({ name: 'Sock', price: 0 })).toBe(';Sock;;0')
    expect(products({ name: 'Sock', eVars: { eVar1: 'red' } }, { name: 'Shoe' })).toBe(
      ';Sock;;;;eVar1=red,;Shoe',
    )
  })

  it.each([
    ['a comma in a name', { name: 'Shirt, red' }],
    ['a semicolon in a category', { category: 'a;b', name: 'Shirt' }],
    ['a pipe in a merchandising eVar', { name: 'Shirt', eVars: { eVar1: 'a|b' } }],
  ])('refuses %s, which would shift the parts', (_, product) => {
    expect(() => products(product)).toThrow('delimit the products column')
  })
})

describe('productsFault', () => {
  it.each([
    'Shoes;Sneaker',
    ';Sneaker',
    ';Sneaker;9;26.91',
    ';Sneaker;;;;eVar250=red',
    'Shoes;Sneaker 1,;Sneaker 2;;;event1000=-4',
    `;${'ü'.repeat(50)}`,
    `;Sneaker;;;;eVar1=${'x'.repeat(255)}|eVar2=${'y'.repeat(255)}`,
  ])('takes %p', (text) => {
    expect(productsFault(text)).toBeNull()
  })

  it.each([
    ['Sneaker', 'has no product name'],
    [';', 'has no product name'],
    [';Sneaker,', 'has no product name'],
    [';a|b', 'has a pipe in a name'],
    [';a;1;2;event1=1;eVar1=x;more', 'more than six parts'],
    [';Sneaker;1.5;2', 'the quantity "1.5" is not a whole number'],
    [';Sneaker;-1;2', 'the quantity "-1" is not a whole number'],
    [';Sneaker;1;2,50', 'has no product name'],
    [';Sneaker;1;EUR 2', 'the price "EUR 2" is not a number'],
    [';Sneaker;1;2;event1', 'the events "event1"'],
    [';Sneaker;1;2;event1=2&event2=3', 'the events "event1=2&event2=3"'],
    [';Sneaker;1;2;event1001=2', 'the events "event1001=2"'],
    [';Sneaker;1;2;;eVar251=x', 'the eVars "eVar251=x"'],
    [';Sneaker;1;2;;color=red', 'the eVars "color=red"'],
    [`;${'x'.repeat(101)}`, '100 bytes'],
    [`;${'ü'.repeat(51)}`, '100 bytes'],
    [`${'x'.repeat(101)};Sneaker`, '100 bytes'],
    [`;Sneaker;;;;eVar1=${'x'.repeat(256)}`, '255 bytes'],
  ])('finds the fault of %p', (text, fault) => {
    expect(productsFault(text)).toContain(fault)
  })
})
