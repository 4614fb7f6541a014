import { describe, expect, test } from 'vitest'
import { MAX_FILTER_LENGTH, matchContent, matchSummary, parseFilter } from '../src/filter.ts'
import type { RequestSummary } from '../src/protocol.ts'

const request: RequestSummary = {
  id: 7,
  time: '',
  method: 'POST',
  target: '/hooks/[hook 000000]',
  status: 410,
  outcome: 'rejected',
  code: 'expired',
  command: '/onWebhook',
  userId: '42',
  about: 'invoice.paid',
  contentType: 'application/json; charset=utf-8',
  bytes: 20_480,
  durationMs: 1,
  deliveryKey: '',
}
const content = {
  headers: [
    ['X-GitHub-Event', 'pull_request'],
    ['user-agent', 'Stripe/1.0'],
  ] as const,
  getBodies: () => ['{"customer":"cus_9s6xkz","note":"two words"}'],
}

const summaryMatch = (filter: string): boolean | undefined => matchSummary(parseFilter(filter), request)
const contentMatch = (filter: string): boolean => matchContent(parseFilter(filter), request, content)

describe('a filter that the summary decides', () => {
  test.each([
    ['', true],
    [' ', true],
    ['-', true],
    ['post EXPIRED onwebhook 42 410 invoice.paid', true],
    ['"/onwebhook 42"', true],
    ['#7', true],
    ['-expired', false],
    ['-"invoice.paid"', false],
    ['post -expired', false],
    ['status:410', true],
    ['status:4xx', true],
    ['status:41', true],
    ['status:5xx', false],
    ['status:>=400', true],
    ['status:<400', false],
    ['-status:4xx', false],
    ['-status:2xx', true],
    ['STATUS:4XX', true],
    ['type:json', true],
    ['type:application/json', true],
    ['type:form', false],
    ['method:post', true],
    ['method:pos', false],
    ['command:onweb', true],
    ['user:42', true],
    ['user:4', false],
    ['outcome:rejected', true],
    ['code:expired', true],
    ['size:>10k', true],
    ['size:>=20k', true],
    ['size:>1m', false],
    ['size:20480', true],
    ['status:"410"', true],
    ['""', true],
    ['-""', true],
    ['status:', undefined],
    ['user:', undefined],
  ])('%s: %s', (filter, expected) => {
    expect(summaryMatch(filter)).toBe(expected)
  })
})

describe('a filter that headers and bodies decide', () => {
  test.each([
    ['cus_9s6XKZ', true],
    ['"two words"', true],
    ['two words', true],
    ['pull_request', true],
    ['stripe/1.0', true],
    ['x-github-event', true],
    ['nowhere', false],
    ['-cus_9s6xkz', false],
    ['-nowhere', true],
    ['header:x-github-event', true],
    ['header:x-github-event=pull', true],
    ['header:x-github-event=push', false],
    ['header:user-agent="stripe/1.0"', true],
    ['header:cus_9s6xkz', false],
    ['body:cus_9s6xkz', true],
    ['body:pull_request', false],
    ['expired cus_9s6xkz', true],
  ])('%s: %s', (filter, expected) => {
    expect(contentMatch(filter)).toBe(expected)
  })

  test.each(['cus_9s6xkz', '-nowhere', 'header:x', 'body:x'])('%s is open by the summary alone', (filter) => {
    expect(summaryMatch(filter)).toBeUndefined()
  })

  test('the summary alone excludes a request even if another word is open', () => {
    expect(summaryMatch('cus_9s6xkz status:2xx')).toBe(false)
  })
})

describe('parseFilter', () => {
  test('takes a name that is no field as part of the word', () => {
    expect(parseFilter('https://a.example 12:30')).toEqual([
      { value: 'https://a.example', isExcluded: false },
      { value: '12:30', isExcluded: false },
    ])
  })

  test('takes a quote that is not closed to the end', () => {
    expect(parseFilter('a "b c')).toEqual([
      { value: 'a', isExcluded: false },
      { value: 'b c', isExcluded: false },
    ])
  })

  test('ignores what is too long for a filter', () => {
    expect(parseFilter(`${'a '.repeat(MAX_FILTER_LENGTH)}`).length).toBe(MAX_FILTER_LENGTH / 2)
  })
})
