import { render } from 'preact'
import { DebuggerPage } from './debugger/debugger-page.tsx'
import { takeFragment } from './debugger/take-fragment.ts'

render(<DebuggerPage hadFragment={takeFragment()} />, document.body)
