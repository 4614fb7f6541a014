import type { Event, Hello, Summary } from '@hookurl/presentation/protocol'
import { useEffect, useState } from 'preact/hooks'
import { follow, type Link } from '../ui/api-client.ts'

const kept = 500
// A burst is drawn a few times a second, not line by line.
const drawMs = 60

export interface Arrived {
  /** Newest first. */
  readonly entries: readonly Summary[]
  readonly hello: Hello | undefined
  readonly link: Link
}

/** Everything that arrives, as it arrives. */
export function useArrivals(): Arrived {
  const [entries, setEntries] = useState<readonly Summary[]>([])
  const [hello, setHello] = useState<Hello>()
  const [link, setLink] = useState<Link>('connecting')
  useEffect(() => {
    let waiting: Summary[] = []
    const draw = (): void => {
      const news = waiting.reverse()
      waiting = []
      setEntries((old) => [...news, ...old].slice(0, kept))
    }
    const hear = (event: Event): void => {
      if (event.kind === 'hello') {
        waiting = []
        setHello(event.hello)
        setEntries([...event.entries].reverse())
      }
      if (event.kind !== 'arrival') return
      if (waiting.length === 0) setTimeout(draw, drawMs)
      waiting.push(event.entry)
    }
    void follow(hear, setLink)
  }, [])
  return { entries, hello, link }
}
