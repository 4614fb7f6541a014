import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'

const feedbackMs = 1500

/** A button that copies text to the clipboard and confirms it. */
export function CopyButton({ label, getText }: { label: string; getText: () => string }): JSX.Element {
  const [feedback, setFeedback] = useState('')
  useEffect(() => {
    if (feedback === '') return
    const timer = setTimeout(() => setFeedback(''), feedbackMs)
    return () => clearTimeout(timer)
  }, [feedback])
  const copy = (): void => {
    navigator.clipboard.writeText(getText()).then(
      () => setFeedback('Copied'),
      () => setFeedback('Could not copy'),
    )
  }
  return (
    <button type="button" class="button" onClick={copy}>
      {label}
      <span role="status" class={feedback === '' ? 'visually-hidden' : 'feedback'}>
        {feedback === '' ? '' : ` ${feedback}`}
      </span>
    </button>
  )
}

interface PanelProps {
  readonly title: string
  readonly note?: string
  readonly variant?: 'trusted' | 'untrusted' | 'error'
  readonly children?: ComponentChildren
}

/** A section with a heading. */
export function Panel({ title, note, variant, children }: PanelProps): JSX.Element {
  return (
    <section class={`panel ${variant ?? ''}`}>
      <h3>
        {title}
        {note === undefined ? null : <small>{note}</small>}
      </h3>
      {children}
    </section>
  )
}

/** A list of names and values. */
export function DefinitionList({ items }: { items: readonly (readonly [name: string, value: string])[] }): JSX.Element {
  return (
    <dl>
      {items.map(([name, value], index) => (
        // Keyed by index, because header names can repeat.
        <div key={index}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** Preformatted text, scrollable if it is long. */
export function CodeBlock({ text, label }: { text: string; label: string }): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable content must be reachable by keyboard
    // biome-ignore lint/a11y/useSemanticElements: a section would not preserve white space
    <pre tabIndex={0} role="region" aria-label={label}>
      {text}
    </pre>
  )
}

/** Returns the current time, updated every second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return now
}
