import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Debugger } from './debugger/debugger.tsx'
import { MintForm } from './mint/mint-form.tsx'
import { RequestList } from './requests/request-list.tsx'
import { useRequests } from './requests/use-requests.ts'
import type { ConnectionStatus } from './ui/api-client.ts'

const tabs = ['Requests', 'Debugger', 'Mint'] as const
type Tab = (typeof tabs)[number]

const connectionLabels: Readonly<Record<ConnectionStatus, string>> = {
  connecting: 'Connecting…',
  live: 'Live',
  disconnected: 'Disconnected. Reconnecting…',
  unauthorized: 'Unauthorized. Open the URL printed by hookurl listen.',
}

/** The page. */
export function App(): JSX.Element {
  const [activeTab, setActiveTab] = useState<Tab>('Requests')
  const [debuggerInput, setDebuggerInput] = useState('')
  const { requests, server, connection } = useRequests()
  const openDebugger = (url: string): void => {
    setDebuggerInput(url)
    setActiveTab('Debugger')
  }
  return (
    <>
      <header>
        <h1>
          <img src="/icon.svg" alt="" width="24" height="24" /> hookurl <span>inspector</span>
        </h1>
        <nav aria-label="Inspector">
          {tabs.map((tab) => (
            <button
              type="button"
              key={tab}
              aria-current={tab === activeTab ? 'page' : undefined}
              onClick={() => setActiveTab(tab)}
            >
              {tab}
            </button>
          ))}
        </nav>
        <p role="status" class={`connection ${connection}`}>
          {connectionLabels[connection]}
        </p>
      </header>
      <main>
        <div class="tab" hidden={activeTab !== 'Requests'}>
          <RequestList
            requests={requests}
            server={server}
            isActive={activeTab === 'Requests'}
            openDebugger={openDebugger}
          />
        </div>
        <div class="tab" hidden={activeTab !== 'Debugger'}>
          <Debugger input={debuggerInput} setInput={setDebuggerInput} />
        </div>
        <div class="tab" hidden={activeTab !== 'Mint'}>
          {server === undefined ? null : <MintForm baseUrl={server.baseUrl} openDebugger={openDebugger} />}
        </div>
      </main>
    </>
  )
}
