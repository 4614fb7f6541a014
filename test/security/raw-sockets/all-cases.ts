import { sequences, slow } from './bodies.ts'
import { chunks, framing } from './framing.ts'
import { heads, requestLines } from './heads.ts'
import type { SocketCase } from './socket-case.ts'

export const socketCases: readonly SocketCase[] = [
  ...framing,
  ...chunks,
  ...heads,
  ...requestLines,
  ...slow,
  ...sequences,
]
