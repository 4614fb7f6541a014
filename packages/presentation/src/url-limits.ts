/** Some services store no more than 255 characters of a URL. */
export const SHORT_URL_LIMIT = 255

/** Many services, and some browsers, accept no more than 2048 characters. */
export const LONG_URL_LIMIT = 2048
