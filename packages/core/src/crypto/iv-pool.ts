const IV_LENGTH = 12
const POOL_LENGTH = 256 * IV_LENGTH

/**
 * Creates a function that returns another random initialization vector of 12 bytes on each call (NIST SP 800-38D
 * §8.2.2). It generates the bytes of 256 at a time, and returns each byte once.
 */
export function createIvPool(generate: (length: number) => Buffer): () => Buffer {
  let pool: Buffer = Buffer.alloc(0)
  let next = 0
  return function drawIv(): Buffer {
    if (pool.length - next < IV_LENGTH) {
      pool = generate(POOL_LENGTH)
      next = 0
    }
    next += IV_LENGTH
    return pool.subarray(next - IV_LENGTH, next)
  }
}
