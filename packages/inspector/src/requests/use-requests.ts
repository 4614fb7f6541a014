import type { RequestSummary, ServerInfo, StreamMessage } from '@hookurl/presentation/protocol'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { type ConnectionStatus, followEvents, takeSecret } from '../ui/api-client.ts'

const maxRequests = 500
// Render a burst of requests at once instead of one by one.
const renderDelayMs = 60

export interface RequestsState {
  /** Newest first. */
  readonly requests: readonly RequestSummary[]
  readonly server: ServerInfo | undefined
  readonly connection: ConnectionStatus
  readonly isPaused: boolean
  /** The number of requests that arrived during the pause. */
  readonly waitingCount: number
  togglePause(): void
}

/** Follows the requests that the receiver gets. */
export function useRequests(): RequestsState {
  const [requests, setRequests] = useState<readonly RequestSummary[]>([])
  const [server, setServer] = useState<ServerInfo>()
  const [connection, setConnection] = useState<ConnectionStatus>('connecting')
  const [isPaused, setIsPaused] = useState(false)
  const [waitingCount, setWaitingCount] = useState(0)
  const pending = useRef<RequestSummary[]>([])
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const paused = useRef(false)

  const flush = useCallback(() => {
    timer.current = undefined
    if (paused.current) return setWaitingCount(pending.current.length)
    const newest = pending.current.reverse()
    pending.current = []
    setWaitingCount(0)
    setRequests((previous) => [...newest, ...previous].slice(0, maxRequests))
  }, [])

  const onMessage = useCallback(
    (message: StreamMessage) => {
      if (message.type === 'start') {
        pending.current = []
        setServer(message.server)
        setRequests([...message.requests].reverse())
      }
      if (message.type === 'clear') {
        pending.current = []
        setWaitingCount(0)
        setRequests([])
      }
      if (message.type !== 'request') return
      pending.current = [...pending.current.slice(1 - maxRequests), message.request]
      timer.current ??= setTimeout(flush, renderDelayMs)
    },
    [flush],
  )

  const togglePause = useCallback(() => {
    paused.current = !paused.current
    setIsPaused(paused.current)
    flush()
  }, [flush])

  useEffect(() => {
    let following = new AbortController()
    const follow = (): void => void followEvents({ onMessage, onStatus: setConnection }, following.signal)
    // The printed URL can be opened in a tab that shows the page already.
    const onHashChange = (): void => {
      if (!takeSecret()) return
      following.abort()
      following = new AbortController()
      follow()
    }
    addEventListener('hashchange', onHashChange)
    follow()
    return () => {
      removeEventListener('hashchange', onHashChange)
      following.abort()
    }
  }, [onMessage])

  return { requests, server, connection, isPaused, waitingCount, togglePause }
}
