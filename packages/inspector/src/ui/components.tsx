import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'

/** A button that copies a text and says that it did. */
export function Copy({ label, text }: { label: string; text: () => string }): JSX.Element {
  const [said, setSaid] = useState('')
  useEffect(() => {
    if (said === '') return
    const timer = setTimeout(() => setSaid(''), 1500)
    return () => clearTimeout(timer)
  }, [said])
  const copy = (): void => {
    navigator.clipboard.writeText(text()).then(
      () => setSaid('copied'),
      () => setSaid('the browser refuses'),
    )
  }
  return (
    <button type="button" class="button" onClick={copy}>
      {label}
      <span role="status" class={said === '' ? 'hidden' : 'said'}>
        {said === '' ? '' : ` ${said}`}
      </span>
    </button>
  )
}

/** A part of a page under a heading. */
export function Part({ title, note, tone, children }: PartProps): JSX.Element {
  return (
    <section class={`part ${tone ?? ''}`}>
      <h3>
        {title}
        {note === undefined ? null : <small>{note}</small>}
      </h3>
      {children}
    </section>
  )
}

interface PartProps {
  readonly title: string
  readonly note?: string
  readonly tone?: 'signed' | 'caller' | 'wrong'
  readonly children: ComponentChildren
}

/** Names and values. */
export function Rows({ rows }: { rows: readonly (readonly [name: string, value: string])[] }): JSX.Element {
  return (
    <dl class="rows">
      {rows.map(([name, value], index) => (
        // By its place: headers may be there twice.
        <div key={index}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** A text as it is, which scrolls where it is long. */
export function Code({ text, label }: { text: string; label: string }): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    // biome-ignore lint/a11y/useSemanticElements: a section has no place inside of one
    <pre tabIndex={0} role="region" aria-label={label}>
      {text}
    </pre>
  )
}

/** The moment, every second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return now
}
