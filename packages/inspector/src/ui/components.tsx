import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'

const feedbackMs = 1500

/** A button that copies text to the clipboard and confirms it. */
export function CopyButton({
  label,
  getText,
  style = 'button',
}: {
  label: string
  getText: () => string | Promise<string>
  style?: 'button' | 'quiet'
}): JSX.Element {
  const [feedback, setFeedback] = useState('')
  useEffect(() => {
    if (feedback === '') return
    const timer = setTimeout(() => setFeedback(''), feedbackMs)
    return () => clearTimeout(timer)
  }, [feedback])
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(await getText())
      setFeedback('Copied')
    } catch {
      setFeedback('Could not copy')
    }
  }
  return (
    <button type="button" class={style} onClick={() => void copy()}>
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
  /** Shown at the end of the heading's line. */
  readonly actions?: ComponentChildren
  readonly children?: ComponentChildren
}

/** A section with a heading. */
export function Panel({ title, note, variant, actions, children }: PanelProps): JSX.Element {
  return (
    <section class={`panel ${variant ?? ''}`}>
      <div class="panel-head">
        <h3>
          {title}
          {note === undefined ? null : <small>{note}</small>}
        </h3>
        {actions}
      </div>
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
export function CodeBlock({ label, children }: { label: string; children: ComponentChildren }): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable content must be reachable by keyboard
    // biome-ignore lint/a11y/useSemanticElements: a section would not preserve white space
    <pre tabIndex={0} role="region" aria-label={label}>
      {children}
    </pre>
  )
}

/** A URL or token, scrollable if it is long. */
export function TokenBlock({ label, children }: { label: string; children: ComponentChildren }): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable content must be reachable by keyboard
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
    <div class="token" tabIndex={0} role="group" aria-label={label}>
      {children}
    </div>
  )
}

/** Buttons of which one is pressed. */
export function ToggleButtons<T extends string>({
  label,
  options,
  value,
  onChange,
}: {
  label: string
  options: readonly { readonly value: T; readonly label: string }[]
  value: T
  onChange: (value: T) => void
}): JSX.Element | null {
  if (options.length < 2) return null
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset needs a legend, which would take a line
    <div class="toggle" role="group" aria-label={label}>
      {options.map((option) => (
        <button
          type="button"
          key={option.value}
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
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

/** Saves a file that the page has made. */
export function saveFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has started reading the file by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
