/** How a body is compressed: `zlib` is deflate with a header (RFC 1950), and `deflate` has none (RFC 1951). */
export type Compression = 'gzip' | 'zlib' | 'deflate' | 'brotli'

/** The inflated bytes, or why there are none. */
export type InflateResult = Uint8Array | 'body_too_large' | 'malformed_body' | 'unsupported_encoding'
