import { oncePerContainer } from '../../../src/app-builder/container'

it('a container makes an object once for each key, and keeps a hundred of them (LRU)', () => {
  const obtain = oncePerContainer<object>()
  const first = obtain(['tenant', 0], () => ({}))
  expect(obtain(['tenant', 0], () => ({}))).toBe(first)

  for (let tenant = 1; tenant < 100; tenant += 1) obtain(['tenant', tenant], () => ({}))
  expect(obtain(['tenant', 0], () => ({}))).toBe(first)

  for (let tenant = 100; tenant < 200; tenant += 1) obtain(['tenant', tenant], () => ({}))
  expect(obtain(['tenant', 0], () => ({}))).not.toBe(first)
})
