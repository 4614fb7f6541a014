import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Debugger } from './debugger/debugger.tsx'
import { Mint } from './mint/mint-form.tsx'
import { Arrivals } from './requests/request-list.tsx'
import { useArrivals } from './requests/use-requests.ts'
import type { Link } from './ui/api-client.ts'

const tabs = ['Arrivals', 'Debugger', 'Mint'] as const
type Tab = (typeof tabs)[number]

const links: Readonly<Record<Link, string>> = {
  connecting: 'connecting …',
  live: 'live',
  lost: 'listen has ended; waiting for it',
  locked: 'locked: open the address that listen printed',
}

/** The whole page. */
export function App(): JSX.Element {
  const [tab, setTab] = useState<Tab>('Arrivals')
  const [text, setText] = useState('')
  const { entries, hello, link } = useArrivals()
  const debug = (url: string): void => {
    setText(url)
    setTab('Debugger')
  }
  return (
    <>
      <header>
        <h1>
          <img src="/icon.svg" alt="" width="24" height="24" /> hookurl <span>inspector</span>
        </h1>
        <nav aria-label="Parts of the inspector">
          {tabs.map((name) => (
            <button
              type="button"
              key={name}
              aria-current={name === tab ? 'page' : undefined}
              onClick={() => setTab(name)}
            >
              {name}
            </button>
          ))}
        </nav>
        <p role="status" class={`link ${link}`}>
          {links[link]}
        </p>
      </header>
      <main>
        <div class="tab" hidden={tab !== 'Arrivals'}>
          <Arrivals entries={entries} hello={hello} isShown={tab === 'Arrivals'} debug={debug} />
        </div>
        <div class="tab" hidden={tab !== 'Debugger'}>
          <Debugger text={text} setText={setText} />
        </div>
        <div class="tab" hidden={tab !== 'Mint'}>
          {hello === undefined ? null : <Mint base={hello.base} debug={debug} />}
        </div>
      </main>
    </>
  )
}
