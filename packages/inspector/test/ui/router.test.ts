import { expect, test } from 'vitest'
import { formatRoute, parseRoute } from '../../src/ui/router.ts'

test.each([
  ['#/requests', { tab: 'requests' }],
  ['#/requests/22', { tab: 'requests', id: 22 }],
  ['#/requests/22/compare/21', { tab: 'requests', id: 22, compareWith: 21 }],
  ['#/debugger', { tab: 'debugger' }],
  ['#/mint', { tab: 'mint' }],
] as const)('%s is a place', (hash, route) => {
  expect(parseRoute(hash)).toEqual(route)
  expect(formatRoute(route)).toBe(hash)
})

test.each(['', '#', '#/', '#/requests/', '#/requests/x', '#/requests/-1', '#/elsewhere', '#__proto__'])(
  '%j is the list of requests',
  (hash) => {
    expect(parseRoute(hash)).toEqual({ tab: 'requests' })
  },
)
