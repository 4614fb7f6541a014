import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Panel } from '../ui/components.tsx'
import { Debugger } from './debugger.tsx'
import { sampleUrls } from './sample-urls.ts'
import { ThemeButton } from './theme-button.tsx'

const website = 'https://hookurl.github.io/hookurl/'

/** The debugger as a separate page, without a connection and without keys. */
export function DebuggerPage({ hadFragment }: { hadFragment: boolean }): JSX.Element {
  const [input, setInput] = useState('')
  // A saved copy of the page has no site around it.
  const home = location.protocol === 'file:' ? website : './'
  return (
    <>
      <header>
        <h1>
          <a href={home}>
            <img src={getIcon()} alt="" width="24" height="24" /> hookurl
          </a>{' '}
          <span>debugger</span>
        </h1>
        <a class="documentation" href={home}>
          Docs
        </a>
        <ThemeButton />
      </header>
      <main>
        {hadFragment ? (
          <p class="notice" role="status">
            The link to this page ended with a fragment, which was removed. Paste the hook URL instead: a link that
            contains it would stay in the history of the browser.
          </p>
        ) : null}
        <Debugger
          input={input}
          setInput={setInput}
          actions={<Samples hasInput={input !== ''} setInput={setInput} />}
          hint="Everything happens on this page: it needs no key, sends nothing and stores nothing. A saved copy works offline."
          Signature={UnverifiedPanel}
        />
      </main>
    </>
  )
}

// The page has it once, as a data: URL.
function getIcon(): string | undefined {
  return document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.href
}

function Samples({ hasInput, setInput }: { hasInput: boolean; setInput: (input: string) => void }): JSX.Element {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset needs a legend, which would take a line
    <div class="actions" role="group" aria-label="Examples">
      <span>Examples:</span>
      {sampleUrls.map(({ label, create }) => (
        <button type="button" class="chip" key={label} onClick={() => setInput(create(Date.now()))}>
          {label}
        </button>
      ))}
      {hasInput ? (
        <button type="button" class="quiet" onClick={() => setInput('')}>
          Clear
        </button>
      ) : null}
    </div>
  )
}

function UnverifiedPanel(): JSX.Element {
  return (
    <Panel title="Signature" note="not verified">
      <p>Only the key can verify it, and this page asks for none. Verify it where the key is:</p>
      <pre>npx hookurl verify - &lt; url.txt</pre>
    </Panel>
  )
}
