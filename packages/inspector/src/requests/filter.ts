import type { Summary } from '@hookurl/presentation/protocol'

/** Whether every word of a filter stands somewhere in an entry; a word after `-` must not. */
export function matches(entry: Summary, filter: string): boolean {
  const { method, target, status, verdict, ran, command, userId } = entry
  const text = [method, target, status, verdict, ran ? 'ran' : '', command, userId].join(' ').toLowerCase()
  return filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '-')
    .every((word) => (word.startsWith('-') ? !text.includes(word.slice(1)) : text.includes(word)))
}
