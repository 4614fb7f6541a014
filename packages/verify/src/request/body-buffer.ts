const MIN_CAPACITY = 4096

/**
 * Collects a body in one growing buffer of at most `maxSize` bytes. No chunk is kept: a caller that sends a body byte by
 * byte must not make the process keep an object for each byte.
 */
export class BodyBuffer {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array()
  #length = 0
  readonly #maxSize: number

  constructor(maxSize: number) {
    this.#maxSize = maxSize
  }

  get length(): number {
    return this.#length
  }

  /** Copies a chunk. Returns `false`, and copies nothing, if the body would be too large. */
  append(chunk: Uint8Array): boolean {
    const length = this.#length + chunk.byteLength
    if (length > this.#maxSize) return false
    if (length > this.#bytes.byteLength) this.#grow(length)
    this.#bytes.set(chunk, this.#length)
    this.#length = length
    return true
  }

  toBytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length)
  }

  #grow(length: number): void {
    const doubled = Math.max(length, 2 * this.#bytes.byteLength, MIN_CAPACITY)
    const grown = new Uint8Array(Math.min(doubled, this.#maxSize))
    grown.set(this.toBytes())
    this.#bytes = grown
  }
}
