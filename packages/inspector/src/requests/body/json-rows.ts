import { JsonNumber, stringifyJson } from '@hookurl/presentation/json'

/** A step from a value to one inside it. */
export type PathStep = string | number

/** A visible line of a tree. */
export interface JsonRow {
  /** Identifies the row: the path as JSON, and the kind of the row. */
  readonly key: string
  readonly path: readonly PathStep[]
  readonly depth: number
  readonly kind: 'value' | 'more'
  /** The value; for `more`, the object or array that has further members. */
  readonly value: unknown
  /** The number of members of an object or array. */
  readonly size?: number
  readonly isOpen?: boolean
  /** How many further members there are. */
  readonly hiddenCount?: number
  /** The position among the members of the same parent, and their number. */
  readonly position: number
  readonly siblings: number
}

/** What was opened and closed by hand. */
export interface TreeState {
  readonly open: ReadonlyMap<string, boolean>
  /** How many members of an object or array are shown, if it is not the first page. */
  readonly limits: ReadonlyMap<string, number>
}

/** How many members are shown at once. */
export const PAGE_SIZE = 100
// A small document is shown completely, and of a large one its first levels.
const MAX_INITIAL_ROWS = 150
const MAX_OPEN_ROWS = 20_000

/** Returns the visible rows of a tree, from top to bottom. */
export function listRows(root: unknown, state: TreeState, initialOpen: ReadonlySet<unknown>): readonly JsonRow[] {
  const rows: JsonRow[] = []
  addRows({ path: [], depth: 0, value: root, position: 1, siblings: 1 })
  return rows

  function addRows(node: Pick<JsonRow, 'path' | 'depth' | 'value' | 'position' | 'siblings'>): void {
    if (rows.length > MAX_OPEN_ROWS) return
    const { path, depth, value } = node
    const key = toKey(path)
    if (!isContainer(value)) {
      rows.push({ ...node, key, kind: 'value' })
      return
    }
    const size = countMembers(value)
    const isOpen = size > 0 && (state.open.get(key) ?? initialOpen.has(value))
    rows.push({ ...node, key, kind: 'value', size, isOpen })
    if (!isOpen) return
    const limit = state.limits.get(key) ?? PAGE_SIZE
    let position = 0
    for (const [step, member] of listMembers(value, limit)) {
      position++
      addRows({ path: [...path, step], depth: depth + 1, value: member, position, siblings: size })
    }
    if (size > limit) {
      const more = { key: `${key} more`, kind: 'more', hiddenCount: size - limit } as const
      rows.push({ ...more, path, depth: depth + 1, value, position: limit + 1, siblings: size })
    }
  }
}

/** Returns the objects and arrays to open at first: level by level, as long as there are few rows. */
export function chooseInitialOpen(root: unknown): ReadonlySet<unknown> {
  const open = new Set<unknown>()
  let rows = 1
  let level: unknown[] = [root]
  while (level.length > 0 && rows < MAX_INITIAL_ROWS) {
    const next: unknown[] = []
    for (const value of level) {
      if (!isContainer(value)) continue
      const shown = Math.min(countMembers(value), PAGE_SIZE)
      // The root is opened in any case.
      if (open.size > 0 && rows + shown > MAX_INITIAL_ROWS) continue
      open.add(value)
      rows += shown
      for (const [, member] of listMembers(value, PAGE_SIZE)) next.push(member)
    }
    level = next
  }
  return open
}

/** Formats a path for jq: `.data.items[0]."odd name"`. */
export function formatPath(path: readonly PathStep[]): string {
  const steps = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`
    return /^[A-Za-z_]\w*$/.test(step) ? `.${step}` : `.${JSON.stringify(step)}`
  })
  const text = steps.join('')
  return text.startsWith('.') ? text : `.${text}`
}

/** Returns a value as text to copy: a string as it is, anything else as JSON. */
export function toCopiedText(value: unknown): string {
  return typeof value === 'string' ? value : stringifyJson(value, 2)
}

export function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof JsonNumber)
}

function countMembers(value: object): number {
  return Array.isArray(value) ? value.length : Object.keys(value).length
}

function listMembers(value: object, limit: number): (readonly [step: PathStep, member: unknown])[] {
  if (Array.isArray(value)) return value.slice(0, limit).map((member, index) => [index, member] as const)
  const record = value as Record<string, unknown>
  return Object.keys(record)
    .slice(0, limit)
    .map((name) => [name, record[name]] as const)
}

function toKey(path: readonly PathStep[]): string {
  return JSON.stringify(path)
}
