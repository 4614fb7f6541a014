import { unwrapUrl } from '@hookurl/core/internal'
import type { JSX } from 'preact'
import { useCallback, useState } from 'preact/hooks'
import { Debugger } from './debugger/debugger.tsx'
import { VerificationPanel } from './debugger/verification-panel.tsx'
import { copyClaims, type MintCopy } from './mint/copy-claims.ts'
import { MintForm } from './mint/mint-form.tsx'
import { RequestList } from './requests/request-list.tsx'
import { useRequests } from './requests/use-requests.ts'
import type { ConnectionStatus } from './ui/api-client.ts'
import { formatRoute, navigate, type Route, useRoute } from './ui/router.ts'

const tabs: readonly { readonly tab: Route['tab']; readonly label: string }[] = [
  { tab: 'requests', label: 'Requests' },
  { tab: 'debugger', label: 'Debugger' },
  { tab: 'mint', label: 'Mint' },
]

const connectionLabels: Readonly<Record<ConnectionStatus, string>> = {
  connecting: 'Connecting…',
  live: 'Live',
  disconnected: 'Disconnected. Reconnecting…',
  no_secret: 'Unauthorized. Open the URL printed by hookurl listen.',
  restarted: 'hookurl was restarted: open the new address.',
}

/** The page. */
export function App(): JSX.Element {
  const route = useRoute()
  const [debuggerInput, setDebuggerInput] = useState('')
  const [copied, setCopied] = useState<MintCopy>()
  const state = useRequests()
  const { server, connection, isPaused } = state
  const openDebugger = useCallback((url: string): void => {
    setDebuggerInput(url)
    navigate({ tab: 'debugger' })
  }, [])
  const mintCopy = useCallback((claims: Readonly<Record<string, unknown>>, input: string): void => {
    setCopied(copyClaims({ claims, input: unwrapUrl(input).url, now: Date.now() }))
    navigate({ tab: 'mint' })
  }, [])
  const status = connection === 'live' && isPaused ? 'paused' : connection
  return (
    <>
      <header>
        <h1>
          <img src="/icon.svg" alt="" width="24" height="24" /> hookurl <span>inspector</span>
        </h1>
        <nav aria-label="Inspector">
          {tabs.map(({ tab, label }) => (
            <a key={tab} href={formatRoute({ tab })} aria-current={tab === route.tab ? 'page' : undefined}>
              {label}
            </a>
          ))}
        </nav>
        <p role="status" class={`connection ${status}`}>
          {status === 'paused' ? 'Paused' : connectionLabels[connection]}
        </p>
      </header>
      <main>
        <div class="tab" hidden={route.tab !== 'requests'}>
          <RequestList
            state={state}
            selectedId={route.tab === 'requests' ? route.id : undefined}
            compareWith={route.tab === 'requests' ? route.compareWith : undefined}
            isActive={route.tab === 'requests'}
            openDebugger={openDebugger}
          />
        </div>
        <div class="tab" hidden={route.tab !== 'debugger'}>
          <Debugger
            input={debuggerInput}
            setInput={setDebuggerInput}
            hint="The URL is decoded on this page and verified by hookurl listen. It is not sent to any other machine."
            Signature={VerificationPanel}
            mintCopy={mintCopy}
          />
        </div>
        <div class="tab" hidden={route.tab !== 'mint'}>
          {server === undefined ? null : (
            <MintForm baseUrl={server.baseUrl} copied={copied} openDebugger={openDebugger} />
          )}
        </div>
      </main>
    </>
  )
}
