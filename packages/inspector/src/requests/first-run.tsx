import type { MintResult, ServerInfo } from '@hookurl/presentation/protocol'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { mint, send } from '../ui/api-client.ts'
import { CopyButton, Panel } from '../ui/components.tsx'
import { escapeText } from '../ui/format.ts'
import { QrCode } from '../ui/qr-code.tsx'
import { sampleHook, toReceiverPath } from '../ui/sample-hook.ts'
import type { RequestsState } from './use-requests.ts'

interface FirstRunProps {
  readonly state: RequestsState
  readonly openDebugger: (url: string) => void
}

/** What the page shows before the first request: a URL to call. */
export function FirstRun({ state, openDebugger }: FirstRunProps): JSX.Element {
  const { server, connection, isPaused, waitingCount, togglePause } = state
  if (connection === 'no_secret' || connection === 'restarted') return <Locked connection={connection} />
  if (server === undefined) return <p class="first-run hint">{connection === 'connecting' ? 'Connecting…' : ''}</p>
  return (
    <div class="first-run">
      <h2>Waiting for the first hook</h2>
      <p class="hint">Every request to {server.receiver} appears here when it arrives.</p>
      {isPaused ? (
        <p>
          <button type="button" class="button" onClick={togglePause}>
            Resume{waitingCount === 0 ? '' : ` (${waitingCount} new)`}
          </button>
        </p>
      ) : null}
      <SampleUrl key={server.runId} server={server} openDebugger={openDebugger} />
    </div>
  )
}

/** What the page shows if it may not get data. */
function Locked({ connection }: { connection: 'no_secret' | 'restarted' }): JSX.Element {
  return (
    <div class="first-run">
      <h2>{connection === 'restarted' ? 'This page belongs to an earlier run' : 'This page needs a secret'}</h2>
      <p>
        Open the address that <code>hookurl listen</code> printed: <code>Inspector: {location.origin}/#…</code>
      </p>
      {connection === 'no_secret' ? null : (
        <p class="hint">
          With <code>--inspector-secret-file</code>, open pages reconnect after a restart.
        </p>
      )}
    </div>
  )
}

function SampleUrl({ server, openDebugger }: { server: ServerInfo; openDebugger: (url: string) => void }): JSX.Element {
  const [result, setResult] = useState<MintResult>()
  const [problem, setProblem] = useState('')
  useEffect(() => {
    void mint({ ...sampleHook, baseUrl: server.baseUrl }).then(setResult)
  }, [server.baseUrl])
  const url = result?.url
  if (url === undefined) {
    return <p class="hint">{result?.error === undefined ? 'Minting a URL…' : escapeText(result.error.message)}</p>
  }
  const curl = `curl -X POST '${url}' -H 'content-type: application/json' -d '{"hello":"world"}'`
  const sendTestHook = async (): Promise<void> => {
    const body = btoa('{"type":"test","hello":"world"}')
    const headers = [['content-type', 'application/json']] as const
    const { error } = await send({ method: 'POST', url: toReceiverPath(url), headers, body })
    setProblem(error?.message ?? '')
  }
  return (
    <div class="sample">
      <Panel title="A hook URL" note="valid for one day" variant="trusted">
        <p class="token">{url}</p>
        <div class="actions">
          <button type="button" class="button primary" onClick={() => void sendTestHook()}>
            Send a test hook
          </button>
          <CopyButton label="Copy URL" getText={() => url} />
          <button type="button" class="button" onClick={() => openDebugger(url)}>
            Open in debugger
          </button>
          <span role="alert" class="problem">
            {escapeText(problem)}
          </span>
        </div>
        <h4>Or call it from a shell</h4>
        <pre>{curl}</pre>
        <CopyButton label="Copy command" getText={() => curl} />
      </Panel>
      <Panel title="Scan to open it" note={server.baseUrl.includes('localhost') ? 'on this machine only' : undefined}>
        <QrCode text={url} />
      </Panel>
    </div>
  )
}
