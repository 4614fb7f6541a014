import { useEffect, useState } from 'preact/hooks'

// The style sheet has the same condition: below it, the list and the request are shown one after the other.
const wide = matchMedia('(min-width: 46.01rem)')

/** Whether the window is wide enough for the list and a request. */
export function useWide(): boolean {
  const [isWide, setIsWide] = useState(wide.matches)
  useEffect(() => {
    const update = (): void => setIsWide(wide.matches)
    wide.addEventListener('change', update)
    return () => wide.removeEventListener('change', update)
  }, [])
  return isWide
}
