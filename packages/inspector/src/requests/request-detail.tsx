import { getHookClaims } from '@hookurl/presentation/claim-labels'
import type { CapturedBody, ReplayResult, RequestDetail } from '@hookurl/presentation/protocol'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { fetchRequest, replay } from '../ui/api-client.ts'
import { CodeBlock, CopyButton, DefinitionList, Panel } from '../ui/components.tsx'
import {
  escapeText,
  formatClaims,
  formatDuration,
  formatJson,
  formatNumber,
  formatSize,
  formatTimeOfDay,
} from '../ui/format.ts'
import { decodeBase64, decodeUtf8, formatHexDump } from './bytes.ts'
import { toCurl } from './curl.ts'
import { StatusBadge } from './status-badge.tsx'

interface RequestDetailViewProps {
  readonly id: number
  /** The origin of the receiver. */
  readonly receiver: string
  readonly openDebugger: (url: string) => void
}

/** A request and its response, in full. */
export function RequestDetailView({ id, receiver, openDebugger }: RequestDetailViewProps): JSX.Element {
  const [detail, setDetail] = useState<RequestDetail | 'unavailable'>()
  useEffect(() => {
    fetchRequest(id).then(
      (fetched) => setDetail(fetched ?? 'unavailable'),
      () => setDetail('unavailable'),
    )
  }, [id])
  if (detail === undefined) return <p class="hint">Loading…</p>
  if (detail === 'unavailable') return <p class="hint">This request is no longer available.</p>
  const { method, status, outcome, code, time, durationMs, error, headers, body, response, url } = detail
  return (
    <article>
      <h2>
        <span class="method">{escapeText(method)}</span> {escapeText(detail.command ?? detail.target)}
      </h2>
      <p class="facts">
        <StatusBadge outcome={outcome} code={code} />
        <span>status {status}</span>
        <span>
          {formatTimeOfDay(time)}, {formatDuration(durationMs)}
        </span>
      </p>
      <Actions detail={detail} receiver={receiver} openDebugger={openDebugger} />
      {error === undefined ? null : (
        <Panel title="Rejected" variant="error">
          <p>{escapeText(error.message)}</p>
          <p class="fix">{escapeText(error.fix)}</p>
        </Panel>
      )}
      <div class="columns">
        <ClaimsPanel detail={detail} />
        <Panel title="Payload" note="unsigned, untrusted" variant="untrusted">
          <Payload detail={detail} />
        </Panel>
      </div>
      <Panel title="URL" note={`${formatNumber(url.length)} characters`}>
        <CodeBlock text={escapeText(url)} label="URL as received" />
      </Panel>
      <HeadersPanel title="Request headers" note={String(headers.length)} headers={headers} />
      <BodyPanel title="Request body" body={body} />
      <HeadersPanel title="Response" note={String(status)} headers={response.headers} />
      <BodyPanel title="Response body" body={response.body} />
    </article>
  )
}

interface ActionsProps {
  readonly detail: RequestDetail
  readonly receiver: string
  readonly openDebugger: (url: string) => void
}

function Actions({ detail, receiver, openDebugger }: ActionsProps): JSX.Element {
  const [result, setResult] = useState<ReplayResult | 'pending'>()
  const replayRequest = (): void => {
    setResult('pending')
    const failure = { error: { code: 'network', message: 'hookurl listen is not responding', fix: '' } }
    replay(detail.id).then(setResult, () => setResult(failure))
  }
  const { isComplete } = detail.body
  return (
    <p class="actions">
      <button type="button" class="button" onClick={replayRequest} disabled={result === 'pending' || !isComplete}>
        Replay
      </button>
      {isComplete ? <CopyButton label="Copy as curl" getText={() => toCurl(detail, receiver)} /> : null}
      <button type="button" class="button" onClick={() => openDebugger(`${receiver}${detail.url}`)}>
        Open in debugger
      </button>
      <span role="status">{describeReplay(result)}</span>
      {isComplete ? null : <small>The request body is incomplete, so the request cannot be replayed.</small>}
    </p>
  )
}

function describeReplay(result: ReplayResult | 'pending' | undefined): string {
  if (result === undefined || result === 'pending') return ''
  return result.error === undefined ? `Replayed: ${result.status}` : result.error.message
}

function ClaimsPanel({ detail: { hook } }: { detail: RequestDetail }): JSX.Element {
  if (hook === undefined) {
    return (
      <Panel title="Claims" note="not verified">
        <p class="hint">The URL has no valid signature, so its claims are not shown.</p>
      </Panel>
    )
  }
  return (
    <Panel title="Claims" note="signed, trusted" variant="trusted">
      <DefinitionList items={formatClaims(getHookClaims(hook), Date.now())} />
    </Panel>
  )
}

function Payload({ detail: { payload, query = {}, outcome } }: { detail: RequestDetail }): JSX.Element {
  const hasQuery = Object.keys(query).length > 0
  const wasHandled = outcome === 'handled' || outcome === 'accepted'
  if (payload === undefined && !hasQuery) {
    return <p class="hint">{wasHandled ? 'No body.' : 'The payload was not read. See the request body below.'}</p>
  }
  return (
    <>
      {payload === undefined ? null : <CodeBlock text={formatJson(payload)} label="Payload" />}
      {hasQuery ? <CodeBlock text={formatJson(query)} label="Query" /> : null}
    </>
  )
}

interface HeadersPanelProps {
  readonly title: string
  readonly note: string
  readonly headers: RequestDetail['headers']
}

function HeadersPanel({ title, note, headers }: HeadersPanelProps): JSX.Element {
  return (
    <Panel title={title} note={note}>
      <DefinitionList items={headers.map(([name, value]) => [escapeText(name), escapeText(value)])} />
    </Panel>
  )
}

const maxShownBytes = 64 * 1024
const bodyFormats = ['text', 'hex'] as const

function BodyPanel({ title, body }: { title: string; body: CapturedBody }): JSX.Element {
  const [chosenFormat, setChosenFormat] = useState<(typeof bodyFormats)[number]>()
  if (body.length === 0) return <Panel title={title} note="empty" />
  const bytes = decodeBase64(body.base64)
  const format = chosenFormat ?? (decodeUtf8(bytes) === undefined ? 'hex' : 'text')
  const shown = bytes.subarray(0, maxShownBytes)
  const isTruncated = !body.isComplete || shown.length < bytes.length
  const note = `${formatSize(body.length)}${isTruncated ? `, showing the first ${formatSize(shown.length)}` : ''}`
  return (
    <Panel title={title} note={note}>
      <p class="actions">
        {bodyFormats.map((name) => (
          <button
            type="button"
            key={name}
            class="button small"
            aria-pressed={format === name}
            onClick={() => setChosenFormat(name)}
          >
            {name}
          </button>
        ))}
      </p>
      <CodeBlock
        text={format === 'hex' ? formatHexDump(shown) : escapeText(new TextDecoder().decode(shown))}
        label={`${title} as ${format}`}
      />
    </Panel>
  )
}
