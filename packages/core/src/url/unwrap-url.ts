import { decodeText } from '#engine'
import { decodePercentTwice, decodeUrl } from './locate-token.ts'
import { repairUrl } from './repair-url.ts'

/** A URL without the wrappers of the services that it was sent through. */
export interface UnwrappedUrl {
  /** The URL inside; the input if there is no wrapper. */
  readonly url: string
  /** The services, outermost first; absent without a wrapper. */
  readonly wrappedBy?: readonly string[]
  /** Whether the last service's wrapper does not contain the original URL. */
  readonly isOpaque: boolean
}

interface Wrapper {
  readonly name: string
  /** Matches the start of a URL, from its host on. */
  readonly pattern: RegExp
  /** The parameters that may contain the URL inside, or a function that reads it. */
  readonly inside: readonly string[] | ((text: string, params: URLSearchParams) => string | undefined)
}

const MAX_WRAPPERS = 5

// Mail gateways, mail programs, chats and sites that wrap links in their own URLs.
const wrappers: readonly Wrapper[] = [
  {
    name: 'Outlook Safe Links',
    pattern:
      /^[\w.-]+\.safelinks\.(?:protection\.(?:outlook\.com|office365\.us|partner\.outlook\.cn)|o365filtering\.com)\//,
    inside: ['url'],
  },
  {
    name: 'Teams Safe Links',
    pattern: /^statics\.teams\.(?:cdn\.office\.net|microsoft\.com)\/evergreen-assets\/safelinks\//,
    inside: ['url'],
  },
  { name: 'Proofpoint URL Defense', pattern: /^urldefense(?:\.proofpoint)?\.(?:com|us)\/v1\/url\?/, inside: ['u'] },
  {
    name: 'Proofpoint URL Defense',
    pattern: /^urldefense(?:\.proofpoint)?\.(?:com|us)\/v2\/url\?/,
    inside: (_, params) => decodePercentTwice(`${params.get('u')}`.replaceAll('-', '%').replaceAll('_', '/')),
  },
  {
    name: 'Proofpoint URL Defense',
    pattern: /^urldefense(?:\.proofpoint)?\.(?:com|us)\/v3\/__/,
    inside: readProofpointV3,
  },
  {
    name: 'Mimecast',
    pattern: /^(?:[\w-]+\.mimecast\.com|url\.[\w-]+\.m\.mimecastprotect\.com)\/(?:s|r|redirect|ttpwp)\b/,
    inside: ['url', 'u', 'domain'],
  },
  { name: 'Barracuda Link Protection', pattern: /^linkprotect\.cudasvc\.com\/url\?/, inside: ['a'] },
  {
    name: 'Cisco Secure Email',
    pattern: /^secure-web\.cisco\.com\//,
    inside: (text) => decodePercentTwice(text.split('/').slice(2).join('/')),
  },
  {
    name: 'Sophos',
    pattern: /^[\w-]+\.protection\.sophos\.com\/?\?/,
    inside: (_, params) => decodeBase64(`${params.get('u')}`),
  },
  {
    name: 'Trend Micro',
    pattern: /^[\w-]+-ctp\.trendmicro\.com(?::443)?\/wis\/clicktime\//,
    inside: ['url'],
  },
  { name: 'Trellix', pattern: /^protect2?\.fireeye\.com\/(?:v1\/)?url\?/, inside: ['u'] },
  { name: 'Symantec', pattern: /^clicktime\.symantec\.com\//, inside: ['u'] },
  {
    name: 'Check Point',
    pattern: /^(?:url\.avanan\.click|protect\.checkpoint\.com)\/v2\/(?:r\d+\/)?___/,
    inside: (text) => decodePercentTwice(readBetween(text, '/___', '___')),
  },
  { name: 'TitanHQ', pattern: /^linklock\.titanhq\.com\//, inside: ['url'] },
  {
    name: 'GMX and WEB.DE',
    pattern: /^deref-(?:gmx|web|mail|1und1)(?:-02)?\.[a-z.]+\/mail\/client\//,
    inside: ['redirectUrl'],
  },
  { name: 'Google', pattern: /^(?:www\.)?google\.[a-z.]{2,6}\/url\?/, inside: ['q', 'url'] },
  { name: 'YouTube', pattern: /^(?:www\.)?youtube\.com\/redirect\?/, inside: ['q'] },
  {
    name: 'Facebook',
    pattern: /^(?:lm?\.(?:facebook|messenger)\.com|(?:www|m)\.facebook\.com)\/(?:l\.php|flx\/warn\/?)\?/,
    inside: ['u'],
  },
  { name: 'Instagram', pattern: /^l\.(?:instagram\.com|threads\.(?:com|net))\/?\?/, inside: ['u'] },
  { name: 'WhatsApp', pattern: /^l\.wl\.co\/l\/?\?/, inside: ['u'] },
  {
    name: 'LinkedIn',
    pattern: /^(?:www\.)?linkedin\.com\/(?:redir\/redirect|redir\/general-malware-page|safety\/go)\/?\?/,
    inside: ['url'],
  },
  { name: 'Slack', pattern: /^slack-redir\.net\/link\?/, inside: ['url'] },
  { name: 'VK', pattern: /^(?:m\.)?vk\.(?:com|ru)\/away(?:\.php)?\?/, inside: ['to'] },
  {
    name: 'Yandex',
    pattern: /^(?:sba\.yandex\.(?:net|ru)\/redirect|yandex\.[a-z]+\/clck\/jsredir)\?/,
    inside: ['url'],
  },
  { name: 'Tumblr', pattern: /^t\.umblr\.com\/redirect\?/, inside: ['z'] },
  { name: 'Reddit', pattern: /^out\.reddit\.com\//, inside: ['url'] },
  { name: 'Steam', pattern: /^steamcommunity\.com\/linkfilter\/?\?/, inside: ['u', 'url'] },
  { name: 'DuckDuckGo', pattern: /^(?:www\.)?duckduckgo\.com\/l\/?\?/, inside: ['uddg'] },
  { name: 'QQ', pattern: /^c\.pc\.qq\.com\//, inside: ['pfurl', 'url'] },
  { name: 'Zhihu', pattern: /^link\.zhihu\.com\/?\?/, inside: ['target'] },
  { name: 'Weibo', pattern: /^weibo\.cn\/sinaurl\?/, inside: ['u', 'toasturl'] },
]

// One pattern for all of them takes a tenth of the time.
const anyWrapper = new RegExp(wrappers.map(({ pattern }) => pattern.source).join('|'))

// A URL that needs no decoding and no repair, and ends where the string ends.
const plainUrl = /^https?:\/\/([a-z\d.-]+[/?][\w./?=%~-]*)$/

/** Reads the URL inside the wrappers of mail gateways, mail programs, chats and sites, at most five deep. */
export function unwrapUrl(text: string): UnwrappedUrl {
  const wrappedBy: string[] = []
  let url = text
  while (wrappedBy.length < MAX_WRAPPERS) {
    const target = toTarget(url)
    const wrapper = anyWrapper.test(target) ? wrappers.find(({ pattern }) => pattern.test(target)) : undefined
    if (wrapper === undefined) break
    wrappedBy.push(wrapper.name)
    const inside = readInside(wrapper, target)
    if (inside === undefined) return { url, wrappedBy, isOpaque: true }
    url = inside
  }
  return { url, ...(wrappedBy.length === 0 ? {} : { wrappedBy }), isOpaque: false }
}

// The host and what follows it, on one line, without the characters around a link.
function toTarget(url: string): string {
  const plain = plainUrl.exec(url)
  if (plain !== null) return plain[1] as string
  const repaired = repairUrl(decodeUrl(url)).replace(/&(?:amp;)+/g, '&')
  const scheme = /^[\w.-]+[/?]/.test(repaired) ? null : /https?:\/\//i.exec(repaired)
  const target = repaired.slice(scheme === null ? 0 : scheme.index + scheme[0].length).split(/[<>"]/, 1)[0] as string
  return target.replace(/^[^/?]+/, (host) => host.toLowerCase())
}

function readInside({ inside }: Wrapper, target: string): string | undefined {
  const params = new URLSearchParams(target.slice(target.indexOf('?') + 1))
  const found = typeof inside === 'function' ? [inside(target, params)] : inside.map((name) => params.get(name))
  return found.find(isAbsolute)
}

function isAbsolute(url: string | null | undefined): url is string {
  return /^https?:\//i.test(url ?? '')
}

// Each `*` replaces one character, and `**` with a letter replaces several. The base64 after the URL contains them.
function readProofpointV3(text: string): string {
  const url = readBetween(text, '/v3/__', '__;')
  const characters = [...(decodeBase64(readBetween(text, '__;', '!')) ?? '')]
  let next = 0
  return url.replace(/\*(?:\*([\w-]))?/g, (_, length?: string) => {
    const count = length === undefined ? 1 : runLengths.indexOf(length) + 2
    next += count
    return characters.slice(next - count, next).join('')
  })
}

const runLengths = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

function readBetween(text: string, before: string, after: string): string {
  const start = text.indexOf(before) + before.length
  const end = text.indexOf(after, start)
  return text.slice(start, end < 0 ? undefined : end)
}

function decodeBase64(text: string): string | undefined {
  return decodeText(text.replace(/[+ ]/g, '-').replaceAll('/', '_').replace(/=+$/, ''))
}
