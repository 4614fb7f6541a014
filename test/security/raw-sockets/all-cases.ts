import { sequences, slow } from './bodies.ts'
import { chunks, framing } from './framing.ts'
import { heads, lines } from './heads.ts'
import type { SocketCase } from './socket-case.ts'

/** Everything that is done on a raw socket. */
export const socketCases: readonly SocketCase[] = [...framing, ...chunks, ...heads, ...lines, ...slow, ...sequences]
