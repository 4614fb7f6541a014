import { findToken, inspect } from '@hookurl/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { unwrapUrl } from '../../src/url/unwrap-url.ts'
import { catchError, minter, mintFormats, now } from '../helpers.ts'

type Wrap = (url: string) => string

const encode = encodeURIComponent
const base64 = (text: string): string => btoa(text)
const safeLink: Wrap = (url) =>
  `https://nam02.safelinks.protection.outlook.com/?url=${encode(url)}&data=05%7C02%7Cann%40example.com%7C0a1b%7C0%7C0&sdata=abc%3D&reserved=0`
const facebook: Wrap = (url) => `https://l.facebook.com/l.php?u=${encode(url)}&h=AT0aBc`
const proofpointV2: Wrap = (url) =>
  `https://urldefense.proofpoint.com/v2/url?u=${encode(url)
    .replace(/[-_]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '_')
    .replaceAll('%', '-')}&d=DwMFaQ&c=abc&r=def&m=ghi&s=jkl&e=`
const proofpointV3: Wrap = (url) => {
  const replaced = url.match(/[?&=#]/g)?.join('') ?? ''
  return `https://urldefense.com/v3/__${url.replace(/[?&=#]/g, '*')}__;${base64(replaced).replace(/=+$/, '')}!!KGvANbslH1YjwA!abc_def-$`
}

// The forms that the services document, or that appear in public mailing lists.
const wrapped: [name: string, wrap: Wrap][] = [
  ['Outlook Safe Links', safeLink],
  ['Outlook Safe Links', (url) => safeLink(url).replaceAll('&', '&amp;')],
  ['Outlook Safe Links', (url) => safeLink(url).replace('outlook.com', 'office365.us')],
  ['Outlook Safe Links', (url) => safeLink(url).replace('outlook.com', 'partner.outlook.cn')],
  [
    'Outlook Safe Links',
    (url) => `https://eur01.safelinks.protection.outlook.com/ap/t-59584e83/?url=${encode(url)}&data=1`,
  ],
  ['Outlook Safe Links', (url) => `<${safeLink(url)}>`],
  ['Outlook Safe Links', (url) => safeLink(url).replace('https://', '')],
  ['Outlook Safe Links', (url) => safeLink(url).replace('nam02', 'NAM02')],
  [
    'Outlook Safe Links',
    (url) => safeLink(url).replaceAll('=', '=3D').replace(/.{60}/g, '$&=\r\n').replaceAll('=3D', '='),
  ],
  ['Outlook Safe Links', (url) => safeLink(url).replace(/.{70}/g, '$&\r\n> ')],
  ['Outlook Safe Links', (url) => encode(safeLink(url))],
  [
    'Teams Safe Links',
    (url) =>
      `https://statics.teams.cdn.office.net/evergreen-assets/safelinks/2/atp-safelinks.html?url=${encode(url)}&locale=en-us`,
  ],
  [
    'Proofpoint URL Defense',
    (url) => `https://urldefense.proofpoint.com/v1/url?u=${encode(url)}&k=abc%3D%0A&r=d&m=e&s=f`,
  ],
  ['Proofpoint URL Defense', proofpointV2],
  ['Proofpoint URL Defense', proofpointV3],
  ['Proofpoint URL Defense', (url) => proofpointV3(url).replace('https://urldefense.com', 'https://urldefense.us')],
  ['Proofpoint URL Defense', (url) => proofpointV3(url).replace('__https://', '__https:/')],
  ['Mimecast', (url) => `https://protect-eu.mimecast.com/s/aBcDeF123?domain=${encode(url)}`],
  ['Barracuda Link Protection', (url) => `https://linkprotect.cudasvc.com/url?a=${encode(url)}&c=E,1,abc-def&typo=1`],
  ['Cisco Secure Email', (url) => `https://secure-web.cisco.com/1abc-DEF_ghi/${encode(url)}`],
  [
    'Sophos',
    (url) => `https://eu-west-1.protection.sophos.com?d=example.com&u=${encode(base64(url))}&i=abc&t=def=&h=123`,
  ],
  [
    'Sophos',
    (url) => `https://us-west-2.protection.sophos.com/?d=example.com&u=${base64(url).replace(/=+$/, '')}&p=m&i=a`,
  ],
  [
    'Trend Micro',
    (url) => `https://ddec1-0-en-ctp.trendmicro.com:443/wis/clicktime/v1/query?url=${encode(url)}&umid=a&auth=b`,
  ],
  ['Trellix', (url) => `https://protect2.fireeye.com/v1/url?k=a-b-c-d&q=1&e=f&u=${encode(url)}`],
  ['Symantec', (url) => `https://clicktime.symantec.com/15xVcHh2qpEgPv5boCzmK?h=abc=&u=${encode(url)}`],
  ['Check Point', (url) => `https://protect.checkpoint.com/v2/___${url}___.YzJ1Om9yZzpj`],
  ['Check Point', (url) => `https://url.avanan.click/v2/r01/___${url.replace('://', '%3A//')}___.YzJ1Om9yZzpj`],
  ['TitanHQ', (url) => `https://linklock.titanhq.com/analyse?url=${encode(url)}&data=abc`],
  ['GMX and WEB.DE', (url) => `https://deref-gmx.net/mail/client/WDPyyXQEo7Q/dereferrer/?redirectUrl=${encode(url)}`],
  ['GMX and WEB.DE', (url) => `https://deref-web-02.de/mail/client/a/dereferrer/?redirectUrl=${encode(url)}`],
  ['Google', (url) => `https://www.google.com/url?q=${encode(url)}&sa=D&source=calendar&ust=1&usg=a`],
  ['Google', (url) => `https://www.google.co.uk/url?sa=t&source=web&url=${encode(url)}&ved=a`],
  ['YouTube', (url) => `https://www.youtube.com/redirect?event=comments&redir_token=a&q=${encode(url)}`],
  ['Facebook', facebook],
  ['Facebook', (url) => facebook(url).replace('//l.', '//lm.')],
  ['Facebook', (url) => facebook(url).replace('facebook', 'messenger')],
  ['Instagram', (url) => `https://l.instagram.com/?u=${encode(url)}&e=AT0`],
  ['WhatsApp', (url) => `https://l.wl.co/l?u=${encode(url)}`],
  ['LinkedIn', (url) => `https://www.linkedin.com/redir/redirect?url=${encode(url)}&urlhash=aBcD&trk=public_profile`],
  ['LinkedIn', (url) => `https://www.linkedin.com/safety/go?url=${encode(url)}&trk=a`],
  ['Slack', (url) => `https://slack-redir.net/link?url=${encode(url)}&v=3`],
  ['VK', (url) => `https://vk.com/away.php?to=${encode(url)}&cc_key=`],
  ['Yandex', (url) => `https://sba.yandex.net/redirect?url=${encode(url)}&client=a&sign=b`],
  ['Tumblr', (url) => `https://t.umblr.com/redirect?z=${encode(url)}&t=YTBi&b=1`],
  ['Reddit', (url) => `https://out.reddit.com/t3_abc?url=${encode(url)}&token=AQAA`],
  ['Steam', (url) => `https://steamcommunity.com/linkfilter/?url=${url}`],
  ['DuckDuckGo', (url) => `https://duckduckgo.com/l/?uddg=${encode(url)}&rut=a`],
  ['QQ', (url) => `https://c.pc.qq.com/middlem.html?pfurl=${encode(url)}&pfuin=1`],
  ['Zhihu', (url) => `https://link.zhihu.com/?target=${encode(url)}`],
  ['Weibo', (url) => `https://weibo.cn/sinaurl?u=${encode(url)}`],
]

let formats: string[]
beforeAll(async () => {
  formats = Object.values(await mintFormats())
})

test.each(wrapped)('inspect reads the URL inside %s: %s', (name, wrap) => {
  for (const token of formats) {
    for (const url of [`https://bot.example.com/hks/${token}`, `https://bot.example.com/hks?t=${token}`]) {
      expect(inspect(wrap(url), { now }), wrap(url)).toMatchObject({
        token,
        wrappedBy: [name],
        problems: [],
        lengths: { token: token.length },
      })
    }
  }
})

test('Proofpoint replaces runs of characters, which may not be ASCII', () => {
  const text = 'https://urldefense.com/v3/__https://a.example/*/**B*x__;w7zDpMO2w58j!!a!b$'
  expect(unwrapUrl(text).url).toBe('https://a.example/ü/äöß#x')
})

const opaque: [name: string, url: string][] = [
  ['Mimecast', 'https://protect-eu.mimecast.com/s/aBcDeF123?domain=bot.example.com'],
  ['Mimecast', 'https://url.uk.m.mimecastprotect.com/s/aBcDeF123?domain=bot.example.com'],
  ['Cisco Secure Email', 'https://secure-web.cisco.com/1abc-DEF_ghi'],
  ['Outlook Safe Links', 'https://nam02.safelinks.protection.outlook.com/?data=05'],
]

test.each(opaque)('inspect reports that a URL of %s does not contain the original one: %s', (name, url) => {
  expect(inspect(url)).toMatchObject({
    readable: false,
    wrappedBy: [name],
    problems: [{ code: 'no_token', message: expect.stringContaining('left the original URL out') }],
  })
})

describe('wrappers', async () => {
  const url = await minter.mint({ command: '/x' })

  test('are read inside of each other, outermost first', () => {
    expect(unwrapUrl(safeLink(proofpointV2(facebook(url))))).toEqual({
      url,
      wrappedBy: ['Outlook Safe Links', 'Proofpoint URL Defense', 'Facebook'],
      isOpaque: false,
    })
  })

  test('are read five deep', () => {
    const five = [1, 2, 3, 4, 5].reduce((inner) => facebook(inner), url)
    expect(unwrapUrl(five).url).toBe(url)
    expect(unwrapUrl(facebook(five)).url).toBe(facebook(url))
  })

  test('are not read by findToken', async () => {
    expect(await catchError(() => findToken(safeLink(url)))).toMatchObject({ code: 'no_token' })
  })

  test('that contain a damaged token report the damage', () => {
    expect(inspect(safeLink(url.slice(0, -5)))).toMatchObject({ problems: [{ code: 'truncated' }] })
  })
})

test.each([
  'https://bot.example.com/hooks?url=https%3A%2F%2Fa.example%2F',
  'https://www.google.com/search?q=https://a.example/',
  'https://safelinks.protection.outlook.com.evil.example/?url=https://a.example/',
  'https://evil.example/https://l.facebook.com/l.php?u=https://a.example/',
  'https://a.example/url?q=https://a.example/',
  'eyJhbGci.e30.AAAA',
  '',
])('%j is not wrapped', (url) => {
  expect(unwrapUrl(url)).toEqual({ url, isOpaque: false })
})
