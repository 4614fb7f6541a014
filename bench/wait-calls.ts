/** A key of the benchmark: the bytes 0 to 31. */
export const keys = 'hks_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'
export const baseUrl = 'https://bot.example.com/waits'

/** A URL to call. */
export interface Call {
  readonly id: string
  readonly url: string
}

/** When a call got its response, in epoch milliseconds. */
export interface CallTime {
  readonly id: string
  readonly status: number
  readonly at: number
}
