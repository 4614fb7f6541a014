import { getMediaType } from '@hookurl/presentation/body-kind'
import { getHookClaims } from '@hookurl/presentation/claim-labels'
import type { RequestDetail, RequestSummary, SendResult } from '@hookurl/presentation/protocol'
import type { JSX } from 'preact'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { fetchBody, fetchRequest, replay } from '../ui/api-client.ts'
import { CodeBlock, DefinitionList, Panel, saveFile } from '../ui/components.tsx'
import {
  escapeText,
  formatClaims,
  formatDuration,
  formatJson,
  formatLocalTime,
  formatNumber,
  formatSize,
  formatTimeOfDay,
} from '../ui/format.ts'
import { formatRoute, navigate } from '../ui/router.ts'
import { BodyView } from './body/body-view.tsx'
import { toCurl } from './curl.ts'
import { ResendForm } from './resend-form.tsx'
import { StatusBadge } from './status-badge.tsx'
import { getStatusColor } from './status-color.ts'

interface RequestDetailViewProps {
  readonly id: number
  /** Every attempt to deliver the same hook, newest first. */
  readonly attempts: readonly RequestSummary[]
  /** The origin of the receiver. */
  readonly receiver: string
  /** Whether the tab is shown. Keyboard shortcuts work only then. */
  readonly isActive: boolean
  readonly openDebugger: (url: string) => void
}

/** A request and its response, in full. */
export function RequestDetailView(props: RequestDetailViewProps): JSX.Element {
  const { id, attempts } = props
  const [detail, setDetail] = useState<RequestDetail | 'unavailable'>()
  const [isEditing, setIsEditing] = useState(false)
  useEffect(() => {
    fetchRequest(id).then(
      (fetched) => setDetail(fetched ?? 'unavailable'),
      () => setDetail('unavailable'),
    )
  }, [id])
  if (detail === undefined) return <p class="hint">Loading…</p>
  if (detail === 'unavailable') return <p class="hint">Request #{id} is no longer available.</p>
  return (
    <article>
      <Heading detail={detail} />
      <Attempts id={id} attempts={attempts} resentFrom={detail.resentFrom} />
      <Actions {...props} detail={detail} isEditing={isEditing} setIsEditing={setIsEditing} />
      {isEditing ? <ResendForm detail={detail} close={() => setIsEditing(false)} /> : <Facts detail={detail} />}
    </article>
  )
}

function Heading({ detail }: { detail: RequestDetail }): JSX.Element {
  const { id, method, command, target, about, error, time, durationMs } = detail
  return (
    <div class="detail-head">
      <h2 tabIndex={-1} id="detail-heading">
        <span class="method">{escapeText(method)}</span> {escapeText(command ?? target)}
      </h2>
      <p class="facts">
        <StatusBadge {...detail} />
        {about === undefined || about === error?.message ? null : <span class="about">{escapeText(about)}</span>}
        <span>
          #{id} · {formatLocalTime(time)} · {formatDuration(durationMs)}
        </span>
      </p>
    </div>
  )
}

interface AttemptsProps {
  readonly id: number
  readonly attempts: readonly RequestSummary[]
  readonly resentFrom: number | undefined
}

const MAX_SHOWN_ATTEMPTS = 12

function Attempts({ id, attempts, resentFrom }: AttemptsProps): JSX.Element | null {
  const position = attempts.findIndex((attempt) => attempt.id === id)
  const previous = attempts[position + 1]?.id
  const compareWith = resentFrom ?? previous
  if (compareWith === undefined && attempts.length < 2) return null
  return (
    <nav class="attempts" aria-label="Attempts">
      {attempts.length < 2
        ? null
        : attempts
            .slice(0, MAX_SHOWN_ATTEMPTS)
            .reverse()
            .map((attempt) => (
              <a
                key={attempt.id}
                class={`attempt ${getStatusColor(attempt)}`}
                href={formatRoute({ tab: 'requests', id: attempt.id })}
                aria-current={attempt.id === id ? 'true' : undefined}
              >
                <span class="visually-hidden">Attempt with status </span>
                {attempt.status}
                <span class="visually-hidden"> at</span> <small>{formatTimeOfDay(attempt.time)}</small>
              </a>
            ))}
      {attempts.length > MAX_SHOWN_ATTEMPTS ? <small>and {attempts.length - MAX_SHOWN_ATTEMPTS} earlier</small> : null}
      {resentFrom === undefined ? null : (
        <span>
          resent from <a href={formatRoute({ tab: 'requests', id: resentFrom })}>#{resentFrom}</a>
        </span>
      )}
      {compareWith === undefined ? null : (
        <a class="button small" href={formatRoute({ tab: 'requests', id, compareWith })}>
          Compare with #{compareWith}
        </a>
      )}
    </nav>
  )
}

interface ActionsProps extends RequestDetailViewProps {
  readonly detail: RequestDetail
  readonly isEditing: boolean
  readonly setIsEditing: (isEditing: boolean) => void
}

function Actions({ detail, receiver, isActive, openDebugger, isEditing, setIsEditing }: ActionsProps): JSX.Element {
  const [message, setMessage] = useState('')
  const [isPending, setIsPending] = useState(false)
  const { isComplete } = detail.body

  const replayRequest = useCallback(async (): Promise<void> => {
    if (!isComplete) return
    setIsPending(true)
    const result = await replay(detail.id)
    setIsPending(false)
    setMessage(describeResult(result))
    if (result.id !== undefined) navigate({ tab: 'requests', id: result.id })
  }, [detail.id, isComplete])

  const copyCurl = useCallback(async (): Promise<void> => {
    if (!isComplete) return
    try {
      const body = detail.body.length === 0 ? new Uint8Array() : await fetchBody(detail.id, 'body')
      if (body === undefined) return setMessage('The body is no longer available')
      const { command, fileName } = toCurl({ detail, body, receiver })
      await navigator.clipboard.writeText(command)
      if (fileName === undefined) return setMessage('Copied')
      saveFile(new Blob([body]), fileName)
      setMessage(`Copied. Run it in the folder where ${fileName} was saved.`)
    } catch {
      setMessage('Could not copy')
    }
  }, [detail, receiver, isComplete])

  const edit = useCallback(() => setIsEditing(!isEditing), [isEditing, setIsEditing])
  const debug = useCallback(() => openDebugger(`${receiver}${detail.url}`), [openDebugger, receiver, detail.url])
  useShortcuts({ r: () => void replayRequest(), e: edit, c: () => void copyCurl(), d: debug }, isActive)

  return (
    <div class="actions">
      <button
        type="button"
        class="button primary"
        aria-keyshortcuts="r"
        onClick={() => void replayRequest()}
        disabled={isPending || !isComplete}
      >
        Replay
      </button>
      <button type="button" class="button" aria-keyshortcuts="e" aria-expanded={isEditing} onClick={edit}>
        Edit and resend
      </button>
      <button type="button" class="button" aria-keyshortcuts="c" onClick={() => void copyCurl()} disabled={!isComplete}>
        Copy as curl
      </button>
      <button type="button" class="button" aria-keyshortcuts="d" onClick={debug}>
        Open in debugger
      </button>
      <span role="status" class="feedback">
        {message}
      </span>
      {isComplete ? null : <small>The request body is incomplete, so the request cannot be replayed or copied.</small>}
    </div>
  )
}

function describeResult({ status, error }: SendResult): string {
  return error === undefined ? `Replayed: ${status}` : error.message
}

/** Calls an action when its key is pressed outside of fields. */
function useShortcuts(shortcuts: Readonly<Record<string, () => void>>, isActive: boolean): void {
  const latest = useRef(shortcuts)
  latest.current = shortcuts
  useEffect(() => {
    if (!isActive) return
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      const isTyping = event.target instanceof HTMLElement && event.target.closest('input, textarea, select, .editor')
      const action = latest.current[event.key]
      if (isTyping || action === undefined) return
      event.preventDefault()
      action()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [isActive])
}

function Facts({ detail }: { detail: RequestDetail }): JSX.Element {
  const { id, error, headers, body, status, response, url, contentType, hasPayload, query = {} } = detail
  const hasQuery = Object.keys(query).length > 0
  const responseType = findHeader(response.headers, 'content-type')
  return (
    <>
      {error === undefined ? null : (
        <Panel title="Rejected" note={error.code} variant="error">
          <p>{escapeText(error.message)}</p>
          <p class="fix">{escapeText(error.fix)}</p>
        </Panel>
      )}
      <div class="columns">
        <Panel
          title="Payload"
          note={`${describeBody(body.length, contentType)} · unsigned, untrusted`}
          variant="untrusted"
        >
          <BodyView
            id={id}
            part="body"
            info={body}
            contentType={contentType}
            isEncoded={findHeader(headers, 'content-encoding') !== undefined}
            hasPayload={hasPayload}
            label="Request body"
          />
          {hasQuery ? (
            <>
              <h4>Query parameters</h4>
              <DefinitionList items={listQuery(query)} />
            </>
          ) : null}
        </Panel>
        <ClaimsPanel detail={detail} />
      </div>
      <Panel title="Response" note={`${status} · ${describeBody(response.body.length, responseType)}`}>
        <BodyView id={id} part="response-body" info={response.body} contentType={responseType} label="Response body" />
        <details class="headers">
          <summary>Response headers ({response.headers.length})</summary>
          <HeaderList headers={response.headers} />
        </details>
      </Panel>
      <Panel title="Request headers" note={String(headers.length)}>
        <HeaderList headers={headers} />
      </Panel>
      <Panel title="URL" note={`${formatNumber(url.length)} characters`}>
        <CodeBlock label="URL as received">{escapeText(url)}</CodeBlock>
      </Panel>
    </>
  )
}

function describeBody(length: number, contentType: string | undefined): string {
  // Without parameters such as a boundary, which the headers show.
  const mediaType = getMediaType(contentType)
  return [formatSize(length), ...(mediaType === '' || length === 0 ? [] : [escapeText(mediaType)])].join(' · ')
}

function listQuery(query: NonNullable<RequestDetail['query']>): [string, string][] {
  return Object.entries(query).flatMap(([name, value]) =>
    [value]
      .flat()
      .map((each): [string, string] => [
        escapeText(name),
        typeof each === 'string' ? escapeText(each) : formatJson(each),
      ]),
  )
}

function findHeader(headers: RequestDetail['headers'], name: string): string | undefined {
  return headers.find((header) => header[0].toLowerCase() === name)?.[1]
}

function HeaderList({ headers }: { headers: RequestDetail['headers'] }): JSX.Element {
  return <DefinitionList items={headers.map(([name, value]) => [escapeText(name), escapeText(value)])} />
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
