import { sequences, slow } from './bodies.ts'
import { chunks, framing } from './framing.ts'
import { heads, lines } from './heads.ts'
import type { Row } from './row.ts'

/** Everything that is done on a raw socket. */
export const rows: readonly Row[] = [...framing, ...chunks, ...heads, ...lines, ...slow, ...sequences]
