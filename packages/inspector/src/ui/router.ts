import { useEffect, useState } from 'preact/hooks'

/** A place in the page, as the fragment of its URL says it. */
export type Route =
  | { readonly tab: 'requests'; readonly id?: number; readonly compareWith?: number }
  | { readonly tab: 'debugger' }
  | { readonly tab: 'mint' }

const requestPattern = /^#\/requests\/(\d{1,15})(?:\/compare\/(\d{1,15}))?$/

/** Reads a fragment. Anything unknown is the list of requests. */
export function parseRoute(hash: string): Route {
  if (hash === '#/debugger') return { tab: 'debugger' }
  if (hash === '#/mint') return { tab: 'mint' }
  const match = requestPattern.exec(hash)
  if (match === null) return { tab: 'requests' }
  const [, id, other] = match
  return { tab: 'requests', id: Number(id), ...(other === undefined ? {} : { compareWith: Number(other) }) }
}

/** Returns the fragment of a place. */
export function formatRoute(route: Route): string {
  if (route.tab !== 'requests') return `#/${route.tab}`
  if (route.id === undefined) return '#/requests'
  return `#/requests/${route.id}${route.compareWith === undefined ? '' : `/compare/${route.compareWith}`}`
}

/** Goes to a place. `replace` leaves no entry in the history of the browser: for steps that Back should skip. */
export function navigate(route: Route, mode: 'push' | 'replace' = 'push'): void {
  const hash = formatRoute(route)
  if (hash === location.hash) return
  if (mode === 'push') location.hash = hash
  else {
    history.replaceState(null, '', hash)
    dispatchEvent(new HashChangeEvent('hashchange'))
  }
}

/** Returns the current place. */
export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash)
  useEffect(() => {
    const update = (): void => setHash(location.hash)
    addEventListener('hashchange', update)
    return () => removeEventListener('hashchange', update)
  }, [])
  return parseRoute(hash)
}
