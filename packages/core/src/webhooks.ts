import { createMinter, type MinterOptions } from './mint.ts'
import { assertOptions } from './util/assert-options.ts'

/** The options of `webhooks`: those of a minter, with an `expiresIn` of `'never'` by default. */
export type WebhooksOptions = Omit<MinterOptions, 'expiresIn' | 'commands'> & {
  expiresIn?: MinterOptions['expiresIn'] | undefined
}

/** The options of `getUrlFor`. */
export interface WebhookOptions {
  /** The command that runs when the URL is called. */
  command: string
  /** The data that is signed into the URL. */
  content?: unknown
  /** The user the command runs for; if omitted, the URL is for no specific user. */
  user_id?: string | number | bigint | undefined
  /** Where browsers are redirected after the command has run. */
  redirect_to?: string | undefined
}

/** A bot's webhooks library. */
export interface Webhooks {
  /**
   * Returns the URL of a command, which runs on GET and on POST.
   *
   * @throws {HookurlError} `invalid_option`, `redirect_forbidden`, `url_too_long`, `sync_unsupported`
   */
  getUrlFor(options: WebhookOptions): string
}

const optionNames: ReadonlySet<string> = new Set(['command', 'content', 'user_id', 'redirect_to'])

/**
 * Creates a drop-in replacement for the webhooks library of a bot platform. Its URLs run on GET and on POST, and never
 * expire unless `expiresIn` is set.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * const Libs = { Webhooks: webhooks({ keys, baseUrl }) }
 * Libs.Webhooks.getUrlFor({ command: '/onWebhook', user_id: user.id })
 */
export function webhooks(options: WebhooksOptions): Webhooks {
  const minter = createMinter({ ...options, expiresIn: options?.expiresIn ?? 'never' })
  return {
    getUrlFor: (urlOptions) => {
      assertOptions(urlOptions, optionNames, 'getUrlFor')
      const { command, content, user_id: userId, redirect_to: redirectTo } = urlOptions
      return minter.mintSync({ command, content, userId, redirectTo, allowGet: true })
    },
  }
}
