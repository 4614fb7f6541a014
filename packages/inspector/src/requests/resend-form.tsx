import { getBodyKind } from '@hookurl/presentation/body-kind'
import type { RequestDetail } from '@hookurl/presentation/protocol'
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { fetchBody, send } from '../ui/api-client.ts'
import { Panel } from '../ui/components.tsx'
import { Editor } from '../ui/editor.tsx'
import { escapeText, formatSize } from '../ui/format.ts'
import { navigate } from '../ui/router.ts'
import { decodeUtf8, encodeBase64 } from './body/bytes.ts'
import { indentJson } from './body/indent-json.ts'
import { formatHeaderLines, parseHeaderLines } from './header-lines.ts'

interface ResendFormProps {
  readonly detail: RequestDetail
  readonly close: () => void
}

const methods = ['POST', 'GET', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']

/** Changes a request and sends it to the receiver. */
export function ResendForm({ detail, close }: ResendFormProps): JSX.Element {
  const { id, body } = detail
  const [method, setMethod] = useState(detail.method)
  const [url, setUrl] = useState(detail.url)
  const [headerLines, setHeaderLines] = useState(() => formatHeaderLines(detail.headers))
  // `undefined` while it is loaded, and for bytes that cannot be edited as text.
  const [text, setText] = useState<string | undefined>(body.length === 0 ? '' : undefined)
  const [hasChangedBody, setHasChangedBody] = useState(false)
  const [problem, setProblem] = useState('')
  const [isPending, setIsPending] = useState(false)
  const firstField = useRef<HTMLSelectElement>(null)

  useEffect(() => {
    firstField.current?.focus()
    if (body.length === 0 || !body.isComplete) return
    fetchBody(id, 'body').then(
      (bytes) => setText(bytes === undefined ? undefined : decodeUtf8(bytes)),
      () => {},
    )
  }, [id, body])

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const headers = parseHeaderLines(headerLines)
    if (!headers.ok) return setProblem(headers.message)
    setIsPending(true)
    setProblem('')
    const changed = hasChangedBody && text !== undefined ? encodeBase64(new TextEncoder().encode(text)) : undefined
    const result = await send({ method, url, headers: headers.headers, body: changed, from: id })
    setIsPending(false)
    if (result.error !== undefined) return setProblem(`${result.error.message}. ${result.error.fix}`)
    close()
    if (result.id !== undefined) navigate({ tab: 'requests', id: result.id })
  }

  const knownMethods = methods.includes(detail.method) ? methods : [detail.method, ...methods]
  const language = getBodyKind(detail.contentType, 1) === 'json' ? 'json' : 'text'
  return (
    <Panel title="Edit and resend" note="sent to this receiver only">
      <form class="resend" onSubmit={(event) => void submit(event)}>
        <div class="resend-line">
          <label>
            <span>Method</span>
            <select ref={firstField} value={method} onChange={(event) => setMethod(event.currentTarget.value)}>
              {knownMethods.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <label class="grow">
            <span>Path and query</span>
            <input class="mono" value={url} spellcheck={false} onInput={(event) => setUrl(event.currentTarget.value)} />
          </label>
        </div>
        <label>
          <span>Headers</span>
          <textarea
            rows={Math.min(Math.max(headerLines.split('\n').length, 3), 10)}
            spellcheck={false}
            value={headerLines}
            onInput={(event) => setHeaderLines(event.currentTarget.value)}
          />
        </label>
        <div>
          <div class="label">Body</div>
          {text === undefined ? (
            <p class="hint">
              {formatSize(body.length)} of binary data. {body.isComplete ? 'It is sent unchanged.' : ''}
            </p>
          ) : (
            <Editor
              label="Body"
              value={text}
              language={language}
              onChange={(next) => {
                setHasChangedBody(true)
                setText(next)
              }}
            />
          )}
          {text === undefined || language !== 'json' ? null : <JsonCheck text={text} format={setFormatted} />}
        </div>
        <div class="actions">
          <button type="submit" class="button primary" disabled={isPending}>
            Send
          </button>
          <button type="button" class="button" onClick={close}>
            Cancel
          </button>
          <span role="alert" class="problem">
            {escapeText(problem)}
          </span>
        </div>
      </form>
    </Panel>
  )

  function setFormatted(formatted: string): void {
    setHasChangedBody(true)
    setText(formatted)
  }
}

const MAX_CHECKED_LENGTH = 256 * 1024

/** Says whether the body is valid JSON. An invalid one can be sent too, as a test of the receiver. */
function JsonCheck({ text, format }: { text: string; format: (text: string) => void }): JSX.Element | null {
  if (text.trim() === '' || text.length > MAX_CHECKED_LENGTH) return null
  const problem = findJsonProblem(text)
  return (
    <p class="json-check">
      <small class={problem === undefined ? '' : 'problem'}>{problem ?? 'Valid JSON.'}</small>{' '}
      {problem === undefined ? (
        <button type="button" class="button small" onClick={() => format(indentJson(text))}>
          Indent
        </button>
      ) : null}
    </p>
  )
}

function findJsonProblem(text: string): string | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch {
    return 'This is not valid JSON.'
  }
}
