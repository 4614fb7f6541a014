import type { ComponentChildren, JSX, RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'

interface VirtualListProps {
  readonly label: string
  readonly keys: readonly (string | number)[]
  readonly rowHeight: number
  /** The row that stays rendered, because it has the focus or will get it. */
  readonly activeIndex: number
  readonly renderRow: (index: number) => ComponentChildren
}

const overscan = 6
// Before the first layout is known.
const initialRows = 20

/** A list that renders only the rows that can be seen. All rows have the same height. */
export function VirtualList({ label, keys, rowHeight, activeIndex, renderRow }: VirtualListProps): JSX.Element {
  const list = useRef<HTMLDivElement>(null)
  const { first, count } = useVisibleRows(list, rowHeight)
  useStablePosition(list, { keys, rowHeight })

  useEffect(() => {
    const element = list.current
    if (element === null || activeIndex < 0) return
    const top = activeIndex * rowHeight
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + rowHeight > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + rowHeight - element.clientHeight
    }
  }, [activeIndex, rowHeight])

  const start = Math.max(first - overscan, 0)
  const end = Math.min(first + count + overscan, keys.length)
  const indexes = Array.from({ length: Math.max(end - start, 0) }, (_, offset) => start + offset)
  if (activeIndex >= 0 && activeIndex < keys.length) {
    if (activeIndex < start) indexes.unshift(activeIndex)
    if (activeIndex >= end) indexes.push(activeIndex)
  }
  return (
    <div ref={list} class="virtual">
      <ol aria-label={label} style={{ height: `${keys.length * rowHeight}px` }}>
        {indexes.map((index) => (
          <li
            key={keys[index]}
            aria-setsize={keys.length}
            aria-posinset={index + 1}
            style={{ top: `${index * rowHeight}px`, height: `${rowHeight}px` }}
          >
            {renderRow(index)}
          </li>
        ))}
      </ol>
    </div>
  )
}

function useVisibleRows(
  list: RefObject<HTMLDivElement | null>,
  rowHeight: number,
): { readonly first: number; readonly count: number } {
  const [visible, setVisible] = useState({ first: 0, count: initialRows })
  useLayoutEffect(() => {
    const element = list.current
    if (element === null) return
    const measure = (): void => {
      const first = Math.floor(element.scrollTop / rowHeight)
      const count = Math.ceil(element.clientHeight / rowHeight) + 1
      setVisible((previous) => (previous.first === first && previous.count === count ? previous : { first, count }))
    }
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    element.addEventListener('scroll', measure, { passive: true })
    measure()
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', measure)
    }
  }, [list, rowHeight])
  return visible
}

/** Keeps the rows in view where they are when others are added above them, unless the list is at its top. */
function useStablePosition(
  list: RefObject<HTMLDivElement | null>,
  { keys, rowHeight }: Pick<VirtualListProps, 'keys' | 'rowHeight'>,
): void {
  const anchor = useRef<{ readonly key: string | number; readonly index: number }>(undefined)
  useLayoutEffect(() => {
    const element = list.current
    if (element === null) return
    const previous = anchor.current
    const moved = previous === undefined ? -1 : keys.indexOf(previous.key)
    if (previous !== undefined && moved > previous.index && element.scrollTop > 0) {
      element.scrollTop += (moved - previous.index) * rowHeight
    }
    const remember = (): void => {
      const index = Math.floor(element.scrollTop / rowHeight)
      const key = keys[index]
      anchor.current = key === undefined ? undefined : { key, index }
    }
    remember()
    element.addEventListener('scroll', remember, { passive: true })
    return () => element.removeEventListener('scroll', remember)
  }, [list, keys, rowHeight])
}
