import { render } from 'preact'
import { App } from './app.tsx'
import { takeSecret } from './ui/api-client.ts'

takeSecret()
render(<App />, document.body)
