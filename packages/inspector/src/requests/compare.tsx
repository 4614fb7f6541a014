import type { BodyPart, HeaderPair, RequestDetail, RequestSummary } from '@hookurl/presentation/protocol'
import type { JSX } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { fetchBody, fetchRequest } from '../ui/api-client.ts'
import { Panel } from '../ui/components.tsx'
import { escapeText, formatSize, formatTimeOfDay } from '../ui/format.ts'
import { formatRoute, navigate } from '../ui/router.ts'
import { decodeUtf8 } from './body/bytes.ts'
import { indentJson } from './body/indent-json.ts'
import { compareTexts, type DiffLine } from './diff.ts'

interface CompareViewProps {
  readonly id: number
  readonly otherId: number
  readonly requests: readonly RequestSummary[]
}

interface Compared {
  readonly detail: RequestDetail
  readonly body: Uint8Array
  readonly responseBody: Uint8Array
}

/** Shows how a request and its response differ from another one. */
export function CompareView({ id, otherId, requests }: CompareViewProps): JSX.Element {
  const [pair, setPair] = useState<readonly [Compared, Compared] | 'unavailable'>()
  useEffect(() => {
    Promise.all([load(otherId), load(id)]).then(
      ([before, after]) => setPair(before === undefined || after === undefined ? 'unavailable' : [before, after]),
      () => setPair('unavailable'),
    )
  }, [id, otherId])
  return (
    <article>
      <div class="detail-head">
        <h2>
          Compare #{otherId} with #{id}
        </h2>
        <div class="actions">
          <a class="button" href={formatRoute({ tab: 'requests', id })}>
            ← Back to #{id}
          </a>
          <label class="inline">
            <span>Compare with</span>
            <select
              value={otherId}
              onChange={(event) =>
                navigate({ tab: 'requests', id, compareWith: Number(event.currentTarget.value) }, 'replace')
              }
            >
              {requests
                .filter((request) => request.id !== id)
                .map((request) => (
                  <option key={request.id} value={request.id}>
                    {`#${request.id} ${request.method} ${escapeText(request.command ?? request.target)} ${request.status} ${formatTimeOfDay(request.time)}`}
                  </option>
                ))}
            </select>
          </label>
        </div>
      </div>
      {pair === undefined ? <p class="hint">Loading…</p> : null}
      {pair === 'unavailable' ? <p class="hint">One of these requests is no longer available.</p> : null}
      {typeof pair === 'object' ? <Comparison before={pair[0]} after={pair[1]} /> : null}
    </article>
  )
}

async function load(id: number): Promise<Compared | undefined> {
  const read = async (part: BodyPart): Promise<Uint8Array> => (await fetchBody(id, part)) ?? new Uint8Array()
  const [detail, body, responseBody] = await Promise.all([fetchRequest(id), read('body'), read('response-body')])
  return detail === undefined ? undefined : { detail, body, responseBody }
}

function Comparison({ before, after }: { before: Compared; after: Compared }): JSX.Element {
  const sections = useMemo(
    () => [
      { title: 'Request', before: formatHead(before), after: formatHead(after) },
      { title: 'Request body', before: before.body, after: after.body },
      { title: 'Response', before: formatResponse(before), after: formatResponse(after) },
      { title: 'Response body', before: before.responseBody, after: after.responseBody },
    ],
    [before, after],
  )
  return (
    <>
      {sections.map((section) => (
        <Difference key={section.title} {...section} />
      ))}
    </>
  )
}

interface DifferenceProps {
  readonly title: string
  readonly before: string | Uint8Array
  readonly after: string | Uint8Array
}

const MAX_COMPARED_LENGTH = 2 * 1024 * 1024

function Difference({ title, before, after }: DifferenceProps): JSX.Element {
  const lines = useMemo(() => compare(before, after), [before, after])
  if (typeof lines === 'string') return <Panel title={title} note={lines} />
  const count = (kind: DiffLine['kind']): number => lines.filter((line) => line.kind === kind).length
  return (
    <Panel title={title} note={`${count('removed')} removed, ${count('added')} added`}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable content must be reachable by keyboard */}
      {/* biome-ignore lint/a11y/useSemanticElements: a section would not preserve white space */}
      <pre class="diff" tabIndex={0} role="region" aria-label={`Differences in the ${title.toLowerCase()}`}>
        {lines.map((line, index) => (
          <DiffRow key={index} line={line} />
        ))}
      </pre>
    </Panel>
  )
}

const signs: Readonly<Record<DiffLine['kind'], string>> = { same: '  ', removed: '- ', added: '+ ', skipped: '' }

function DiffRow({ line }: { line: DiffLine }): JSX.Element {
  if (line.kind === 'skipped') return <span class="skipped">{`⋯ ${line.count} unchanged lines\n`}</span>
  const text = `${signs[line.kind]}${escapeText(line.text)}\n`
  if (line.kind === 'removed') return <del>{text}</del>
  return line.kind === 'added' ? <ins>{text}</ins> : <span>{text}</span>
}

/** Returns the lines that differ, or a note. */
function compare(before: string | Uint8Array, after: string | Uint8Array): readonly DiffLine[] | string {
  if (before.length === 0 && after.length === 0) return 'empty in both'
  const contents = [before, after].map(toText)
  const [left, right] = contents
  if (left === undefined || right === undefined) {
    const isSame = before.length === after.length && toBytes(before).every((byte, at) => byte === after[at])
    return isSame ? 'the same bytes' : `different bytes: ${formatSize(before.length)} and ${formatSize(after.length)}`
  }
  const lines = compareTexts(left, right)
  if (lines === undefined) return `too different to compare: ${formatSize(left.length)} and ${formatSize(right.length)}`
  return lines.length === 0 ? 'no difference' : lines
}

function toText(value: string | Uint8Array): string | undefined {
  if (typeof value === 'string') return value
  if (value.length > MAX_COMPARED_LENGTH) return undefined
  const text = decodeUtf8(value)
  if (text === undefined || !/^\s*[[{]/.test(text)) return text
  try {
    JSON.parse(text)
    return indentJson(text)
  } catch {
    return text
  }
}

function toBytes(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? new TextEncoder().encode(value) : value
}

function formatHead({ detail: { method, target, headers } }: Compared): string {
  return `${method} ${target}\n${formatHeaders(headers)}`
}

function formatResponse({ detail: { status, response } }: Compared): string {
  return `${status}\n${formatHeaders(response.headers)}`
}

function formatHeaders(headers: readonly HeaderPair[]): string {
  return headers.map(([name, value]) => `${name}: ${value}`).join('\n')
}
