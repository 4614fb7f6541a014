import type { ComponentChildren, JSX } from 'preact'
import { useState } from 'preact/hooks'
import { CodeBlock } from '../../ui/components.tsx'
import { escapeText, formatSize } from '../../ui/format.ts'

const PAGE_LENGTH = 32 * 1024

interface PagedProps {
  readonly label: string
  readonly length: number
  readonly unit: 'text' | 'bytes'
  /** Renders the first part. */
  readonly render: (shownLength: number) => ComponentChildren
}

/** The first part of something long, and a button that shows more. */
function Paged({ label, length, unit, render }: PagedProps): JSX.Element {
  const pageLength = unit === 'bytes' ? PAGE_LENGTH / 4 : PAGE_LENGTH
  const [shown, setShown] = useState(pageLength)
  return (
    <>
      <CodeBlock label={label}>{render(Math.min(shown, length))}</CodeBlock>
      {shown >= length ? null : (
        <p class="more">
          <button type="button" class="button small" onClick={() => setShown(shown + 4 * pageLength)}>
            Show more
          </button>{' '}
          <small>
            showing {formatSize(shown)} of {formatSize(length)}
          </small>
        </p>
      )}
    </>
  )
}

/** Text as it was received. Carriage returns are marked, because they are invisible and matter for signatures. */
export function PlainText({ text, label }: { text: string; label: string }): JSX.Element {
  return <Paged label={label} length={text.length} unit="text" render={(shown) => markReturns(text.slice(0, shown))} />
}

function markReturns(text: string): ComponentChildren {
  return text.split('\r').map((line, index) => (
    <span key={index}>
      {index === 0 ? null : <span class="cr" title="carriage return" />}
      {escapeText(line)}
    </span>
  ))
}

/** Bytes as a hex dump. */
export function HexView({
  bytes,
  label,
  format,
}: {
  bytes: Uint8Array
  label: string
  format: (bytes: Uint8Array) => string
}): JSX.Element {
  return <Paged label={label} length={bytes.length} unit="bytes" render={(shown) => format(bytes.subarray(0, shown))} />
}
