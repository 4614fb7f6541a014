import type { Bytes, Detail, Replayed } from '@hookurl/presentation/protocol'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { askToReplay, fetchDetail } from '../ui/api-client.ts'
import { Code, Copy, Part, Rows } from '../ui/components.tsx'
import { describeHook } from '../ui/describe-claims.ts'
import { clock, count, plain, tellDuration, tellSize, toJson } from '../ui/format.ts'
import { dump, toBytes, toText } from './bytes.ts'
import { toCurl } from './curl.ts'
import { toneOf } from './request-list.tsx'

interface DetailProps {
  readonly id: number
  readonly receiver: string
  readonly debug: (url: string) => void
}

/** One request, in full. */
export function DetailView({ id, receiver, debug }: DetailProps): JSX.Element {
  const [detail, setDetail] = useState<Detail | 'gone'>()
  useEffect(() => {
    fetchDetail(id).then(
      (found) => setDetail(found ?? 'gone'),
      () => setDetail('gone'),
    )
  }, [id])
  if (detail === undefined) return <p class="hint">…</p>
  if (detail === 'gone') return <p class="hint">This request is no longer kept.</p>
  const { method, status, verdict, ran, time, durationMs, error, hook, headers, body, answer, url } = detail
  return (
    <article>
      <h2>
        <span class="method">{plain(method)}</span> {plain(detail.command ?? detail.target)}
      </h2>
      <p class="facts">
        <span class={`badge ${toneOf(detail)}`}>{verdict === 'valid' && !ran ? 'valid, not run' : verdict}</span>
        <span>answered {status}</span>
        <span>
          {clock(time)}, in {tellDuration(durationMs)}
        </span>
      </p>
      <Actions detail={detail} receiver={receiver} debug={debug} />
      {error === undefined ? null : (
        <Part title="Why it was refused" tone="wrong">
          <p>{plain(error.message)}</p>
          <p class="fix">{plain(error.fix)}</p>
        </Part>
      )}
      <div class="pair">
        {hook === undefined ? (
          <Part title="Signed" note="nothing was verified">
            <p class="hint">No signature held, so nothing here can be trusted.</p>
          </Part>
        ) : (
          <Part title="Signed" note="by whoever has the key: to be trusted" tone="signed">
            <Rows rows={describeHook(hook, Date.now())} />
          </Part>
        )}
        <Part title="Payload" note="sent by the caller: not to be trusted" tone="caller">
          <Payload detail={detail} />
        </Part>
      </div>
      <Part title="Address" note={`${count(url.length)} characters`}>
        <Code text={plain(url)} label="The address as it arrived" />
      </Part>
      <Part title="Headers" note={String(headers.length)}>
        <Rows rows={headers.map(([name, value]) => [plain(name), plain(value)])} />
      </Part>
      <Body title="Body" bytes={body} />
      <Part title="Answer" note={String(status)}>
        <Rows rows={answer.headers.map(([name, value]) => [plain(name), plain(value)])} />
      </Part>
      <Body title="Body of the answer" bytes={answer.body} />
    </article>
  )
}

function Actions({ detail, receiver, debug }: Omit<DetailProps, 'id'> & { detail: Detail }): JSX.Element {
  const [replayed, setReplayed] = useState<Replayed | 'running'>()
  const again = (): void => {
    setReplayed('running')
    const failed = { error: { code: 'network', message: 'listen does not answer', fix: '' } }
    askToReplay(detail.id).then(setReplayed, () => setReplayed(failed))
  }
  const isWhole = detail.body.isWhole
  return (
    <p class="actions">
      <button type="button" class="button" onClick={again} disabled={replayed === 'running' || !isWhole}>
        Replay
      </button>
      {isWhole ? <Copy label="Copy as curl" text={() => toCurl(detail, receiver)} /> : null}
      <button type="button" class="button" onClick={() => debug(`${receiver}${detail.url}`)}>
        Open in the debugger
      </button>
      <span role="status">{tellReplay(replayed)}</span>
      {isWhole ? null : <small>Its body is not all here, so it cannot be sent again.</small>}
    </p>
  )
}

function tellReplay(replayed: Replayed | 'running' | undefined): string {
  if (replayed === undefined || replayed === 'running') return ''
  return replayed.error === undefined ? `sent again: ${replayed.status}` : replayed.error.message
}

function Payload({ detail: { payload, query = {}, ran } }: { detail: Detail }): JSX.Element {
  const hasQuery = Object.keys(query).length > 0
  if (!ran) return <p class="hint">It did not run, so its payload was not read. Its bytes are below.</p>
  return (
    <>
      {payload === undefined ? <p class="hint">No body.</p> : <Code text={toJson(payload)} label="Payload" />}
      {hasQuery ? <Code text={toJson(query)} label="Query" /> : null}
    </>
  )
}

const longestShown = 64 * 1024

function Body({ title, bytes: { base64, length, isWhole } }: { title: string; bytes: Bytes }): JSX.Element {
  const [form, setForm] = useState<'text' | 'hex'>()
  const bytes = toBytes(base64)
  if (length === 0)
    return (
      <Part title={title} note="empty">
        {null}
      </Part>
    )
  const text = toText(bytes)
  const shown = form ?? (text === undefined ? 'hex' : 'text')
  const cut = bytes.subarray(0, longestShown)
  const isCut = !isWhole || bytes.length > longestShown
  return (
    <Part title={title} note={`${tellSize(length)}${isCut ? `, of which ${count(cut.length)} are shown` : ''}`}>
      <p class="actions">
        {(['text', 'hex'] as const).map((name) => (
          <button
            type="button"
            key={name}
            class="button small"
            aria-pressed={shown === name}
            onClick={() => setForm(name)}
          >
            {name}
          </button>
        ))}
      </p>
      <Code text={shown === 'hex' ? dump(cut) : plain(new TextDecoder().decode(cut))} label={`${title} as ${shown}`} />
    </Part>
  )
}
