import type { Minted, MintOrder } from '@hookurl/presentation/protocol'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { askToMint } from '../ui/api-client.ts'
import { Copy, Part } from '../ui/components.tsx'
import { count } from '../ui/format.ts'
import { QrCode } from './qr-code.tsx'

interface MintProps {
  readonly base: string
  readonly debug: (url: string) => void
}

type TextField = 'command' | 'userId' | 'content' | 'redirectTo' | 'expiresIn' | 'uses' | 'baseUrl'
type Flag = 'contentIsJson' | 'allowGet' | 'seal'

interface Field {
  readonly name: TextField
  readonly label: string
  readonly hint?: string
}

const fields: readonly Field[] = [
  { name: 'command', label: 'Command', hint: '/onWebhook' },
  { name: 'userId', label: 'User', hint: 'nobody in particular' },
  { name: 'content', label: 'Content', hint: 'signed into the URL' },
  { name: 'redirectTo', label: 'Redirect to', hint: 'https://…' },
  { name: 'expiresIn', label: 'Expires in', hint: '30d, 15m, never' },
  { name: 'uses', label: 'Uses', hint: 'any number' },
  { name: 'baseUrl', label: 'Base URL' },
]
const flags: readonly (readonly [Flag, string])[] = [
  ['contentIsJson', 'The content is JSON'],
  ['allowGet', 'GET runs it too'],
  ['seal', 'Seal it, so that its holder cannot read it'],
]

/** Has a URL minted, and shows it with its QR code. */
export function Mint({ base, debug }: MintProps): JSX.Element {
  const [order, setOrder] = useState<MintOrder>({
    command: '/onWebhook',
    userId: '',
    content: '',
    contentIsJson: false,
    redirectTo: '',
    expiresIn: '30d',
    uses: '',
    allowGet: false,
    seal: false,
    baseUrl: base,
  })
  const [minted, setMinted] = useState<Minted>()
  const submit = (event: Event): void => {
    event.preventDefault()
    const failed = { error: { code: 'network', message: 'the listen process does not answer', fix: 'Start it again.' } }
    askToMint(order).then(setMinted, () => setMinted(failed))
  }
  return (
    <div class="mint">
      <form onSubmit={submit} autocomplete="off">
        <h2>Mint</h2>
        {fields.map(({ name, label, hint }) => (
          <label key={name}>
            <span>{label}</span>
            <input
              name={name}
              required={name === 'command' || name === 'baseUrl' || name === 'expiresIn'}
              placeholder={hint}
              value={order[name]}
              onInput={(event) => setOrder({ ...order, [name]: event.currentTarget.value })}
            />
          </label>
        ))}
        {flags.map(([name, label]) => (
          <label key={name} class="flag">
            <input
              type="checkbox"
              name={name}
              checked={order[name]}
              onChange={(event) => setOrder({ ...order, [name]: event.currentTarget.checked })}
            />
            <span>{label}</span>
          </label>
        ))}
        <button type="submit" class="button main">
          Mint
        </button>
      </form>
      <div role="status">{minted === undefined ? null : <Result minted={minted} debug={debug} />}</div>
    </div>
  )
}

function Result({ minted: { url, error }, debug }: { minted: Minted; debug: (url: string) => void }): JSX.Element {
  if (url === undefined) {
    return (
      <Part title="Not minted" tone="wrong">
        <p>{error?.message}</p>
        <p class="fix">{error?.fix}</p>
      </Part>
    )
  }
  return (
    <Part title="Your hook URL" note={`${count(url.length)} characters`} tone="signed">
      <p class="token">{url}</p>
      <p class="actions">
        <Copy label="Copy" text={() => url} />
        <button type="button" class="button" onClick={() => debug(url)}>
          Open in the debugger
        </button>
      </p>
      <QrCode text={url} />
    </Part>
  )
}
