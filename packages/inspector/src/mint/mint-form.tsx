import type { MintRequest, MintResult, SendResult } from '@hookurl/presentation/protocol'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { mint, send } from '../ui/api-client.ts'
import { CopyButton, Panel } from '../ui/components.tsx'
import { escapeText, formatNumber } from '../ui/format.ts'
import { QrCode } from '../ui/qr-code.tsx'
import { formatRoute } from '../ui/router.ts'
import { toReceiverPath } from '../ui/sample-hook.ts'
import type { MintCopy } from './copy-claims.ts'

interface MintFormProps {
  readonly baseUrl: string
  /** The copy of another URL to fill in. A new object fills it in again. */
  readonly copied: MintCopy | undefined
  readonly openDebugger: (url: string) => void
}

interface Field {
  readonly name: Exclude<keyof MintRequest, Checkbox['name']>
  readonly label: string
  readonly placeholder?: string
  readonly required?: boolean
}

interface Checkbox {
  readonly name: 'contentIsJson' | 'allowGet' | 'requireSignature' | 'requireUser' | 'encrypt'
  readonly label: string
}

const fields: readonly Field[] = [
  { name: 'command', label: 'Command', placeholder: '/onWebhook', required: true },
  { name: 'userId', label: 'User ID', placeholder: 'optional' },
  { name: 'content', label: 'Content', placeholder: 'optional data to sign' },
  { name: 'redirectTo', label: 'Redirect to', placeholder: 'https://…' },
  { name: 'expiresIn', label: 'Expires in', placeholder: '15m, 30d or never', required: true },
  { name: 'maxUses', label: 'Max uses', placeholder: 'unlimited' },
  { name: 'baseUrl', label: 'Base URL', required: true },
]
const checkboxes: readonly Checkbox[] = [
  { name: 'contentIsJson', label: 'Parse the content as JSON' },
  { name: 'allowGet', label: 'Run on GET, without a confirm page' },
  { name: 'requireSignature', label: 'Accept only requests signed with its signing secret' },
  { name: 'requireUser', label: 'Accept only its user, signed in' },
  { name: 'encrypt', label: 'Encrypt the token' },
]

const initialRequest: Omit<MintRequest, 'baseUrl'> = {
  command: '/onWebhook',
  userId: '',
  content: '',
  contentIsJson: false,
  redirectTo: '',
  expiresIn: '30d',
  maxUses: '',
  allowGet: false,
  requireSignature: false,
  requireUser: false,
  encrypt: false,
}

/** Mints a URL, and shows it with its QR code. */
export function MintForm({ baseUrl, copied, openDebugger }: MintFormProps): JSX.Element {
  const [request, setRequest] = useState<MintRequest>({ ...initialRequest, baseUrl, ...copied?.fields })
  const [result, setResult] = useState<MintResult>()
  useEffect(() => {
    if (copied === undefined) return
    setRequest({ ...initialRequest, baseUrl, ...copied.fields })
    setResult(undefined)
  }, [baseUrl, copied])
  const submit = (event: Event): void => {
    event.preventDefault()
    void mint(request).then(setResult)
  }
  return (
    <div class="mint">
      <form onSubmit={submit} autocomplete="off">
        <h2>{copied === undefined ? 'Mint' : 'Mint a copy'}</h2>
        {copied?.isStateBound === true ? (
          <p class="fix">The original is bound to a state; the copy is not. Use `hookurl mint --state` to bind it.</p>
        ) : null}
        {fields.map(({ name, label, placeholder, required }) => (
          <label key={name}>
            <span>{label}</span>
            <input
              name={name}
              required={required}
              placeholder={placeholder}
              value={request[name]}
              onInput={(event) => setRequest({ ...request, [name]: event.currentTarget.value })}
            />
          </label>
        ))}
        {checkboxes.map(({ name, label }) => (
          <label key={name} class="checkbox">
            <input
              type="checkbox"
              name={name}
              checked={request[name]}
              onChange={(event) => setRequest({ ...request, [name]: event.currentTarget.checked })}
            />
            <span>{label}</span>
          </label>
        ))}
        <button type="submit" class="button primary">
          Mint URL
        </button>
      </form>
      <div role="status">
        {result === undefined ? null : <MintResultPanel key={result.url} result={result} openDebugger={openDebugger} />}
      </div>
    </div>
  )
}

interface MintResultPanelProps {
  readonly result: MintResult
  readonly openDebugger: (url: string) => void
}

function MintResultPanel({ result: { url, error }, openDebugger }: MintResultPanelProps): JSX.Element {
  const [sent, setSent] = useState<SendResult>()
  const sendTestHook = async (hookUrl: string): Promise<void> => {
    const headers = [['content-type', 'application/json']] as const
    setSent(await send({ method: 'POST', url: toReceiverPath(hookUrl), headers, body: btoa('{"type":"test"}') }))
  }
  if (url === undefined) {
    return (
      <Panel title="Could not mint" variant="error">
        <p>{escapeText(error?.message ?? '')}</p>
        <p class="fix">{escapeText(error?.fix ?? '')}</p>
      </Panel>
    )
  }
  return (
    <Panel title="Hook URL" note={`${formatNumber(url.length)} characters`} variant="trusted">
      <p class="token">{url}</p>
      <p class="actions">
        <button type="button" class="button primary" onClick={() => void sendTestHook(url)}>
          Send test hook
        </button>
        <CopyButton label="Copy URL" getText={() => url} />
        <button type="button" class="button" onClick={() => openDebugger(url)}>
          Open in debugger
        </button>
        <SentHook sent={sent} />
      </p>
      <QrCode text={url} />
    </Panel>
  )
}

function SentHook({ sent }: { sent: SendResult | undefined }): JSX.Element {
  return (
    <span role="status">
      {sent?.error === undefined ? null : escapeText(sent.error.message)}
      {sent?.status === undefined ? null : `Sent: ${sent.status}. `}
      {sent?.id === undefined ? null : <a href={formatRoute({ tab: 'requests', id: sent.id })}>Show the request</a>}
    </span>
  )
}
