import type { RequestSummary, ServerInfo, StreamMessage } from '@hookurl/presentation/protocol'
import { useEffect, useState } from 'preact/hooks'
import { type ConnectionStatus, followEvents } from '../ui/api-client.ts'

const maxRequests = 500
// Render a burst of requests at once instead of one by one.
const renderDelayMs = 60

export interface RequestsState {
  /** Newest first. */
  readonly requests: readonly RequestSummary[]
  readonly server: ServerInfo | undefined
  readonly connection: ConnectionStatus
}

/** Follows the requests that the receiver gets. */
export function useRequests(): RequestsState {
  const [requests, setRequests] = useState<readonly RequestSummary[]>([])
  const [server, setServer] = useState<ServerInfo>()
  const [connection, setConnection] = useState<ConnectionStatus>('connecting')
  useEffect(() => {
    let pending: RequestSummary[] = []
    const flush = (): void => {
      const newest = pending.reverse()
      pending = []
      setRequests((previous) => [...newest, ...previous].slice(0, maxRequests))
    }
    const onMessage = (message: StreamMessage): void => {
      if (message.type === 'start') {
        pending = []
        setServer(message.server)
        setRequests([...message.requests].reverse())
      }
      if (message.type !== 'request') return
      if (pending.length === 0) setTimeout(flush, renderDelayMs)
      pending.push(message.request)
    }
    void followEvents({ onMessage, onStatus: setConnection })
  }, [])
  return { requests, server, connection }
}
