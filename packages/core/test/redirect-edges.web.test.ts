import { createRedirectPolicy, findRedirectProblem } from '@hookurl/core/internal'
import { expect, test } from 'vitest'
import { normalizeRedirect } from '../src/url/redirect-policy.ts'
import { refusal } from './helpers.ts'

const anywhere = (): boolean => true

test('without a list any host is allowed', () => {
  const policy = createRedirectPolicy(undefined)
  expect(findRedirectProblem('https://shop.example/', policy)).toBeUndefined()
})

test('an object that writes itself as a URL is no text to sign', async () => {
  const given = new URL('https://shop.example/')
  expect(await refusal(() => normalizeRedirect(given, anywhere))).toMatchObject({
    code: 'redirect_forbidden',
    message: 'redirectTo must be a text',
  })
})

test.each(['', 'cat', '/cat', 'https://'])('at mint %j is refused as no absolute URL', async (given) => {
  expect(await refusal(() => normalizeRedirect(given, anywhere))).toMatchObject({
    code: 'redirect_forbidden',
    message: 'redirectTo is not an absolute URL',
    exit: 2,
  })
})

test('a redirect may have 1024 characters, and not one more', () => {
  const longest = `https://example.com/${'x'.repeat(1004)}`
  expect(longest).toHaveLength(1024)
  expect(findRedirectProblem(longest, anywhere)).toBeUndefined()
  expect(findRedirectProblem(`${longest}x`, anywhere)).toBe('is longer than 1024 characters')
})

test.each(['http://127.10.0.1/', 'http://127.0.10.1/', 'http://127.0.0.10/', 'http://127.255.255.254/'])(
  'any address of the loopback network may be http: %s',
  (url) => {
    expect(findRedirectProblem(url, anywhere)).toBeUndefined()
  },
)

test.each(['http://notlocalhost/', 'http://my-localhost:3000/', 'http://localhosts/'])(
  'a host that only sounds like the loopback host must be https: %s',
  (url) => {
    expect(findRedirectProblem(url, anywhere)).toBe('is not https (http is for loopback hosts only)')
  },
)

test.each(['ftp://localhost/', 'ws://127.0.0.1/', 'wss://[::1]/'])(
  'a loopback host may be http or https, and nothing else: %s',
  (url) => {
    expect(findRedirectProblem(url, anywhere)).toBe('is not https (http is for loopback hosts only)')
  },
)
