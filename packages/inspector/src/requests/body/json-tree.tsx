import { JsonNumber } from '@hookurl/presentation/json'
import type { JSX } from 'preact'
import { useMemo, useRef, useState } from 'preact/hooks'
import { CopyButton } from '../../ui/components.tsx'
import { escapeText, formatNumber } from '../../ui/format.ts'
import {
  chooseInitialOpen,
  formatPath,
  isContainer,
  type JsonRow,
  listRows,
  PAGE_SIZE,
  type TreeState,
  toCopiedText,
} from './json-rows.ts'

const MAX_STRING_LENGTH = 600

/** JSON as a tree that can be folded. Numbers are shown as they were received. */
export function JsonTree({ value, label }: { value: unknown; label: string }): JSX.Element {
  const [state, setState] = useState<TreeState>({ open: new Map(), limits: new Map() })
  const [focusedKey, setFocusedKey] = useState('[]')
  const [longKeys, setLongKeys] = useState<ReadonlySet<string>>(new Set())
  const tree = useRef<HTMLDivElement>(null)
  const initialOpen = useMemo(() => chooseInitialOpen(value), [value])
  const rows = useMemo(() => listRows(value, state, initialOpen), [value, state, initialOpen])
  const focusedIndex = Math.max(
    rows.findIndex(({ key }) => key === focusedKey),
    0,
  )
  const focused = rows[focusedIndex] as JsonRow

  // A value without others inside has nothing to fold or to choose from.
  const canFold = rows.some(({ depth, size = 0 }) => depth > 0 && size > 0)

  const setOpen = (row: JsonRow, isOpen: boolean): void => {
    setState((previous) => ({ ...previous, open: new Map(previous.open).set(row.key, isOpen) }))
  }
  const setAllOpen = (isOpen: boolean): void => {
    const open = new Map(rows.filter(({ size = 0 }) => size > 0).map(({ key }) => [key, isOpen]))
    open.set('[]', true)
    setState((previous) => ({ ...previous, open: new Map([...previous.open, ...open]) }))
  }
  const showMore = ({ key, value: parent, path }: JsonRow): void => {
    const parentKey = key.slice(0, -' more'.length)
    setState((previous) => {
      const limit = (previous.limits.get(parentKey) ?? PAGE_SIZE) + 10 * PAGE_SIZE
      return { ...previous, limits: new Map(previous.limits).set(parentKey, limit) }
    })
    // The row of the button is gone then.
    if (isContainer(parent)) focusRow(JSON.stringify(path))
  }
  const focusRow = (key: string): void => {
    setFocusedKey(key)
    tree.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus()
  }
  const activate = (row: JsonRow): void => {
    if (row.kind === 'more') showMore(row)
    else if ((row.size ?? 0) > 0) setOpen(row, row.isOpen !== true)
    else setLongKeys((previous) => new Set(previous).add(row.key))
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const target = findTarget(event.key, { rows, focusedIndex })
    if (target === 'toggle') activate(focused)
    else if (target === 'open') setOpen(focused, true)
    else if (target === 'close') setOpen(focused, false)
    else if (target !== undefined) focusRow(target.key)
    else return
    event.preventDefault()
  }

  return (
    <div class="json">
      <div class="json-bar">
        <code>{escapeText(formatPath(focused.path))}</code>
        <CopyButton style="quiet" label="Copy value" getText={() => toCopiedText(focused.value)} />
        <CopyButton style="quiet" label="Copy path" getText={() => formatPath(focused.path)} />
        {canFold ? (
          <>
            <button type="button" class="quiet" onClick={() => setAllOpen(true)}>
              Unfold
            </button>
            <button type="button" class="quiet" onClick={() => setAllOpen(false)}>
              Fold
            </button>
          </>
        ) : null}
      </div>
      <div ref={tree} class="json-tree" role="tree" tabIndex={-1} aria-label={label} onKeyDown={onKeyDown}>
        {rows.map((row, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys of all rows
          <div
            key={row.key}
            data-key={row.key}
            role="treeitem"
            class={`json-row ${index === focusedIndex ? 'focused' : ''}`}
            style={{ paddingLeft: `${1.1 + row.depth * 1.1}rem` }}
            tabIndex={index === focusedIndex ? 0 : -1}
            aria-level={row.depth + 1}
            aria-posinset={row.position}
            aria-setsize={row.siblings}
            aria-selected={index === focusedIndex}
            aria-expanded={row.isOpen === undefined || row.size === 0 ? undefined : row.isOpen}
            onFocus={() => setFocusedKey(row.key)}
            onClick={() => {
              // A click at the end of a selection must not fold what was selected.
              if (getSelection()?.isCollapsed === false) return
              setFocusedKey(row.key)
              activate(row)
            }}
          >
            <RowContent row={row} isLong={longKeys.has(row.key)} />
          </div>
        ))}
      </div>
    </div>
  )
}

interface TreePosition {
  readonly rows: readonly JsonRow[]
  readonly focusedIndex: number
}

// https://www.w3.org/WAI/ARIA/apg/patterns/treeview/
function findTarget(
  key: string,
  { rows, focusedIndex }: TreePosition,
): JsonRow | 'toggle' | 'open' | 'close' | undefined {
  const row = rows[focusedIndex]
  if (row === undefined) return undefined
  const canFold = row.kind === 'value' && (row.size ?? 0) > 0
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return rows[focusedIndex + 1] ?? row
    case 'ArrowUp':
    case 'k':
      return rows[focusedIndex - 1] ?? row
    case 'Home':
      return rows[0]
    case 'End':
      return rows.at(-1)
    case 'Enter':
    case ' ':
      return 'toggle'
    case 'ArrowRight':
      if (!canFold) return row
      return row.isOpen === true ? (rows[focusedIndex + 1] ?? row) : 'open'
    case 'ArrowLeft':
      if (canFold && row.isOpen === true) return 'close'
      return rows.slice(0, focusedIndex).findLast(({ depth }) => depth < row.depth) ?? row
    default:
      return undefined
  }
}

function RowContent({ row, isLong }: { row: JsonRow; isLong: boolean }): JSX.Element {
  const { kind, value, size, isOpen, path, hiddenCount = 0 } = row
  if (kind === 'more') {
    const shown = Math.min(hiddenCount, 10 * PAGE_SIZE)
    return (
      <span class="json-more">
        Show {formatNumber(shown)} more of {formatNumber(hiddenCount)}
      </span>
    )
  }
  const name = path.at(-1)
  return (
    <>
      {size === undefined || size === 0 ? null : <span class="json-arrow">{isOpen ? '▾' : '▸'}</span>}
      {name === undefined ? null : (
        <>
          <span class={typeof name === 'number' ? 'json-index' : 'json-name'}>
            {typeof name === 'number' ? name : quote(name)}
          </span>
          {': '}
        </>
      )}
      <JsonValue value={value} size={size} isOpen={isOpen} isLong={isLong} />
    </>
  )
}

interface JsonValueProps {
  readonly value: unknown
  readonly size: number | undefined
  readonly isOpen: boolean | undefined
  readonly isLong: boolean
}

function JsonValue({ value, size, isOpen, isLong }: JsonValueProps): JSX.Element {
  if (isContainer(value)) {
    const [start, end] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
    if (size === 0) return <span class="json-mark">{start + end}</span>
    return (
      <span class="json-mark">
        {start}
        {isOpen ? '' : ` … ${end}`}{' '}
        <small>
          {formatNumber(size ?? 0)} {Array.isArray(value) ? plural(size, 'item') : plural(size, 'member')}
        </small>
      </span>
    )
  }
  if (typeof value === 'string') {
    if (isLong || value.length <= MAX_STRING_LENGTH) return <span class="json-string">{quote(value)}</span>
    return (
      <span class="json-string">
        {quote(value.slice(0, MAX_STRING_LENGTH)).slice(0, -1)}…{' '}
        <span class="json-more">Show all {formatNumber(value.length)} characters</span>
      </span>
    )
  }
  const text = value instanceof JsonNumber ? value.literal : String(value)
  const isNumber = value instanceof JsonNumber || typeof value === 'number'
  return <span class={isNumber ? 'json-number' : 'json-literal'}>{text}</span>
}

function plural(count = 0, noun: string): string {
  return count === 1 ? noun : `${noun}s`
}

// JSON escapes control characters; this also escapes those that hide text or change its direction.
function quote(text: string): string {
  return escapeText(JSON.stringify(text))
}
