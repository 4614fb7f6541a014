import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMinter, defineCommands, generateKey, type MintOptions } from '@hookurl/core'
import { memoryUseStore, type Pages } from '@hookurl/verify'
import { languages } from '@hookurl/verify/languages'
import { hookurl } from '@hookurl/verify/node'
import { arabic } from '../../packages/verify/test/support/arabic.ts'

/** A running receiver with the pages of a bank, in all languages. */
export interface SamplePages {
  /** Mints the URL of a page. */
  mintUrl(page: SamplePage): string
  close(): void
}

/** A page: what its URL is minted with, and whether its button is pressed first. */
export interface SamplePage {
  readonly name: string
  readonly options: Partial<MintOptions>
  readonly confirms?: boolean
}

export const sampleLanguages: readonly string[] = [...Object.keys(languages), 'ar']

export const samplePages: readonly SamplePage[] = [
  {
    name: 'confirm',
    options: { command: '/approve', content: { number: 7 }, redirectTo: 'https://online.example-bank.com/' },
  },
  { name: 'choices', options: { command: '/release', content: { number: 4211 } } },
  { name: 'done', options: { command: '/approve', content: { number: 7 } }, confirms: true },
  { name: 'accepted', options: { command: '/slow' }, confirms: true },
  { name: 'expired', options: { command: '/approve', content: { number: 7 }, expiresAt: new Date(1000) } },
  { name: 'failed', options: { command: '/fails' }, confirms: true },
  { name: 'invalid', options: { command: '/unknown' } },
]

const longWord = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihungsurkunde'
const invoiceTitles: Readonly<Record<string, (number: number) => string>> = {
  ar: (number) => `الموافقة على الفاتورة رقم ${number}`,
  de: (number) => `Rechnung ${number} freigeben`,
  es: (number) => `Aprobar la factura ${number}`,
  fr: (number) => `Approuver la facture ${number}`,
  it: (number) => `Approvare la fattura ${number}`,
  ja: (number) => `請求書 ${number} を承認する`,
  nl: (number) => `Factuur ${number} goedkeuren`,
  pl: (number) => `Zatwierdzenie faktury ${number}`,
  pt: (number) => `Aprovar a fatura ${number}`,
  zh: (number) => `批准发票 ${number}`,
}

/** The commands of the bank. */
export const sampleCommands = defineCommands({
  '/approve': {
    title: ({ content }, language) => {
      const { number } = content as { number: number }
      return invoiceTitles[language]?.(number) ?? `Approve invoice ${number}`
    },
  },
  '/release': {
    title: { en: 'Release the payment of €12,400.00 to Northwind GmbH?', de: longWord, ar: 'هل تريد تحويل الدفعة؟' },
    choices: {
      approve: { en: 'Release payment', de: 'Zahlungsfreigabe', ar: 'تحويل' },
      reject: { en: 'Reject', de: 'Ablehnen', ar: 'رفض' },
    },
    comment: { label: { en: 'Comment for the sender (optional)', de: 'Kommentar', ar: 'تعليق' }, maxLength: 500 },
  },
  '/slow': {},
  '/fails': {},
  '/unknown': {},
})

const logoPath = '<path d="M4 16 18 6l14 10v3H4z"/><path d="M7 21h4v9H7zm9 0h4v9h-4zm9 0h4v9h-4zM4 32h28v3H4z"/>'

function createLogo(color: string): string {
  const name =
    '<text x="44" y="28" font-family="Inter,Helvetica,Arial,sans-serif" font-size="21" font-weight="650" textLength="146" lengthAdjust="spacingAndGlyphs">Example Bank</text>'
  return `<svg viewBox="4 0 190 40" width="190" height="40" fill="${color}">${logoPath}${name}</svg>`
}

export const samplePageOptions: Pages = {
  name: 'Example Bank',
  logo: { light: createLogo('#0a2e5c'), dark: createLogo('#dbe7f7') },
  accent: { light: '#0a2e5c', dark: '#9cc3f5' },
  support: {
    label: { en: 'Contact us', de: 'Kundenservice kontaktieren', ar: 'اتصل بنا' },
    url: 'https://example-bank.com/contact',
  },
  languages: { ...languages, ar: arabic },
}

/** Starts the receiver. Other pages replace those of the bank. */
export async function startSamplePages(pages: Pages = samplePageOptions): Promise<SamplePages> {
  const keys = generateKey()
  const receiver = hookurl({
    keys,
    commands: sampleCommands,
    pages,
    uses: memoryUseStore(),
    ackAfter: '20ms',
    handlers: {
      '/approve': () => undefined,
      '/release': () => undefined,
      '/slow': () => new Promise((resolve) => setTimeout(resolve, 100)),
      '/fails': () => Promise.reject(new Error('for the page')),
    },
    onError: () => {},
  })
  const server = createServer(receiver).listen(0)
  await once(server, 'listening')
  const baseUrl = `http://localhost:${(server.address() as AddressInfo).port}/hooks`
  return {
    mintUrl: ({ options }) => {
      const now = (): number => (options.expiresAt === undefined ? Date.now() : 0)
      return createMinter({ keys, baseUrl, expiresIn: '1h', now }).mintSync({ command: '/approve', ...options })
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
