declare module 'dynalite' {
  import type { Server } from 'node:http'

  /** Creates a DynamoDB that keeps its tables in memory. */
  export default function dynalite(options?: { createTableMs?: number }): Server
}
