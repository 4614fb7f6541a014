import { createMinter, type MinterOptions } from './mint.ts'
import { assertOptions } from './util/assert-options.ts'

/** How `webhooks` makes its URLs: as a minter's options; the lifetime is `'never'` unless told. */
export type WebhooksOptions = Omit<MinterOptions, 'expiresIn' | 'commands'> & Partial<Pick<MinterOptions, 'expiresIn'>>

/** What `getUrlFor` takes. */
export interface WebhookOptions {
  /** The command that runs when the URL is called. */
  command: string
  content?: unknown
  /** The user for whom it runs; without it, the URL is for everyone. */
  user_id?: string | number | bigint
  /** Where the browser goes afterwards. */
  redirect_to?: string
}

/** The webhooks library of a bot. */
export interface Webhooks {
  /**
   * The URL of a command, which acts on GET and on POST.
   *
   * @throws {HookurlError} `invalid_option`, `redirect_forbidden`, `url_too_long`, `sync_unsupported`
   */
  getUrlFor(options: WebhookOptions): string
}

const names: ReadonlySet<string> = new Set(['command', 'content', 'user_id', 'redirect_to'])

/**
 * The webhooks library of a bot platform, call for call. Its URLs act on GET and on POST, and never expire unless
 * `expiresIn` is set.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * const Libs = { Webhooks: webhooks({ keys, baseUrl }) }
 * Libs.Webhooks.getUrlFor({ command: '/onWebhook', user_id: user.id })
 */
export function webhooks(options: WebhooksOptions): Webhooks {
  const minter = createMinter({ ...options, expiresIn: options?.expiresIn ?? 'never' })
  return {
    getUrlFor: (given) => {
      assertOptions(given, names, 'getUrlFor')
      const { command, content, user_id: userId, redirect_to: redirectTo } = given
      return minter.mintSync({ command, content, userId, redirectTo, allowGet: true })
    },
  }
}
