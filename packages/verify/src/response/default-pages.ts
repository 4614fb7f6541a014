import type { ErrorCode, Hook } from '@hookurl/core'
import type { PageText } from '../receive/options.ts'

/** What a page says. A button sends the URL again, as a POST. */
type Page = PageText & { readonly title: string }

// What a person is told; every other code means that the link does not work.
const refusals: Partial<Record<ErrorCode, Page>> = {
  expired: { title: 'This link has expired', text: 'Ask for a new one.' },
  not_yet_valid: { title: 'This link is not valid yet', text: 'Open it again later.' },
  spent: { title: 'This link has been used', text: 'It worked once; it does nothing more.' },
  busy: { title: 'This is being done right now', text: 'Look again in a few seconds.' },
  revoked: { title: 'This link is no longer accepted', text: 'Ask for a new one.' },
  store_unavailable: { title: 'This does not work right now', text: 'Nothing was done. Try again in a moment.' },
  handler_failed: { title: 'Something went wrong', text: 'It is not certain that it was done. Try again later.' },
}
const damaged: Page = {
  title: 'This link does not work',
  text: 'It may have been changed on its way, or it belongs elsewhere. Copy the whole link again, or ask for a new one.',
}

const style =
  ':root{color-scheme:light dark;--ink:#1b1b1f;--paper:#fff;--faint:#5c5c66;--key:#1f4fd8;--on:#fff}' +
  '@media(prefers-color-scheme:dark){:root{--ink:#ececf1;--paper:#17171a;--faint:#a9a9b4;--key:#9db8ff;--on:#10131c}}' +
  'body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--paper);color:var(--ink);' +
  'font:1.125rem/1.5 system-ui,sans-serif}main{box-sizing:border-box;width:100%;max-width:32rem;padding:2rem 1.5rem}' +
  'h1{margin:0 0 .5rem;font-size:1.6rem;line-height:1.25;overflow-wrap:anywhere}p{margin:0 0 1rem;overflow-wrap:anywhere}' +
  '.note{color:var(--faint);font-size:.95rem}button{font:inherit;font-weight:600;padding:.65rem 1.6rem;border:0;' +
  'border-radius:.5rem;background:var(--key);color:var(--on);cursor:pointer}' +
  'button:focus-visible{outline:3px solid var(--ink);outline-offset:2px}'

/** The page that asks a person before a command runs. Its form goes to the page's own URL, which it does not contain. */
export function confirmPage(hook: Hook, title: string | undefined, own: PageText = {}): string {
  const target = hook.redirectTo === undefined ? undefined : new URL(hook.redirectTo).host
  return render({
    title: title ?? 'Please confirm',
    text: 'Nothing has happened yet. Press the button to go on.',
    note: target === undefined ? '' : `You will then be taken to ${target}.`,
    ...own,
    button: own.button ?? 'Confirm',
  })
}

/** The page after a command has run that leads nowhere else. */
export function donePage(title: string | undefined, own: PageText = {}): string {
  return render({ title: 'Done', text: title ?? 'You can close this page.', ...own, button: '' })
}

/** The page before a command has run to its end. */
export function acceptedPage(title: string | undefined): string {
  return render({ title: title ?? 'This is being done', text: 'It goes on by itself. You can close this page.' })
}

/** The page that says why a URL was refused. */
export function refusedPage(code: ErrorCode, own: PageText = {}): string {
  return render({ ...(refusals[code] ?? damaged), note: `Reason: ${code}`, ...own, button: '' })
}

/** The page that chats show a preview of. */
export function previewPage(title: string | undefined): string {
  return render({ title: title ?? 'Open this link' })
}

/** Text as HTML has it. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

function render({ title, text = '', note = '', button = '', language = 'en' }: Page): string {
  const [heading, label] = [escapeHtml(title), escapeHtml(button)]
  return (
    `<!doctype html><html lang="${escapeHtml(language)}"><head><meta charset="utf-8">` +
    '<meta name="viewport" content="width=device-width,initial-scale=1">' +
    `<title>${heading}</title><style>${style}</style></head><body><main><h1>${heading}</h1>` +
    (text === '' ? '' : `<p>${escapeHtml(text)}</p>`) +
    (note === '' ? '' : `<p class="note">${escapeHtml(note)}</p>`) +
    (label === '' ? '' : `<form method="post"><button>${label}</button></form>`) +
    '</main></body></html>'
  )
}
