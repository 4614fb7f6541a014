import { expect, test } from 'vitest'
import { addQuery } from '../../src/listen/forwarded-query.ts'

test.each([
  ['http://app/in', '/h/x?a=1', '/in?a=1'],
  ['http://app/in?', '/h/x', '/in'],
  ['http://app/in?a=1', '/h/x?b=2', '/in?a=1&b=2'],
  ['http://app/in?a=1&b=2', '/h/x?b=3&a=4&c=5', '/in?a=1&b=2&c=5'],
  ['http://app/in?flag', '/h/x?flag=1&FLAG', '/in?flag'],
  ['http://app/in?my_name=1', '/h/x?my.name=2&my%20name=3&my+name=4&my_name=5', '/in?my_name=1'],
  ['http://app/in?my.name=1', '/h/x?my_name=2', '/in?my.name=1'],
  ['http://app/in?list[]=1', '/h/x?list=2&list[0]=3&list%5b%5d=4', '/in?list[]=1'],
  ['http://app/in?%6fwn=1', '/h/x?own=2', '/in?%6fwn=1'],
  ['http://app/in?a=1;b=2', '/h/x?b=3', '/in?a=1;b=2'],
  ['http://app/in?a=1', '/h/x?b=2?a=3', '/in?a=1&b=2'],
  ['http://app/in?a=1', '/h/x?b=2&amp;a=3', '/in?a=1&b=2'],
  ['http://app/in?a=1', '/h/x?b=a&c=a=2', '/in?a=1&b=a&c=a=2'],
  ['http://app/in?a=1', '/h/x?=2', '/in?a=1&=2'],
  ['http://app/in?%C3%A4=1', '/h/x?%c3%a4=2&%25C3%25A4=3', '/in?%C3%A4=1'],
  ['http://app/in?a=1', '/h/x?%E0%A4%A=2', '/in?a=1&%E0%A4%A=2'],
])('%s receives the parameters of %s as %s', (url, target, expected) => {
  const { pathname, search } = addQuery(new URL(url), target)
  expect(pathname + search).toBe(expected)
})
