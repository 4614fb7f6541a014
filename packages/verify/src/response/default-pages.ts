import type { CommandDefinition, ErrorCode, Hook } from '@hookurl/core'
import type { PageText } from './page-options.ts'

/**
 * The field of the confirm page that makes each instance of it unique: a form that is submitted again (double click,
 * reload) is a duplicate, the form of another visitor is not.
 */
export const CONFIRM_FIELD = 'hookurl-form'

/** The names of the button that was pressed, and of the text field, on the confirm page of a command that has choices. */
export const CHOICE_FIELD = 'choice'
export const COMMENT_FIELD = 'comment'

/** The copy of a page. A button sends the URL again, as a POST. */
type PageCopy = PageText & { readonly title: string; readonly form?: ConfirmPageData }

/**
 * What a command defines for its confirm page, and what makes this instance of the page unique; `undefined`: a guard's
 * route reads the form.
 */
export interface ConfirmPageData extends Pick<CommandDefinition, 'title' | 'choices' | 'comment'> {
  readonly formId?: string | undefined
}

// What users see for these codes. For any other code, the page says that the link does not work.
const rejections: Partial<Record<ErrorCode, PageCopy>> = {
  expired: { title: 'This link has expired', text: 'Ask for a new one.' },
  not_yet_valid: { title: 'This link is not valid yet', text: 'Open it again later.' },
  already_used: { title: 'This link was already used', text: 'It cannot be used again. Ask for a new one.' },
  in_progress: { title: 'This link is being processed', text: 'Check again in a few seconds.' },
  lease_lost: { title: 'This link is being processed', text: 'Check again in a few seconds.' },
  denied: { title: 'This link is no longer accepted', text: 'Ask for a new one.' },
  store_unavailable: { title: 'This link cannot be used right now', text: 'Nothing was done. Try again in a moment.' },
  state_changed: { title: 'This link no longer works', text: 'It was already used or is no longer needed.' },
  state_unavailable: { title: 'This link cannot be used right now', text: 'Nothing was done. Try again in a moment.' },
  not_configured: { title: 'This link cannot be used right now', text: 'Nothing was done. Try again in a moment.' },
  user_unavailable: { title: 'This link cannot be used right now', text: 'Nothing was done. Try again in a moment.' },
  keys_unavailable: { title: 'This link cannot be used right now', text: 'Nothing was done. Try again in a moment.' },
  sign_in_required: {
    title: 'Sign in to use this link',
    text: 'Nothing was done. Sign in, then open the link again.',
  },
  wrong_user: { title: 'This link is for someone else', text: 'Sign in with the account that it was sent to.' },
  handler_failed: { title: 'Something went wrong', text: 'Your request may not have been completed. Try again later.' },
}
const invalidLink: PageCopy = {
  title: 'This link does not work',
  text: 'It may be incomplete or meant for another site. Copy the complete link again, or ask for a new one.',
}

const style =
  ':root{color-scheme:light dark;--ink:#1b1b1f;--paper:#fff;--faint:#5c5c66;--key:#1f4fd8;--on:#fff}' +
  '@media(prefers-color-scheme:dark){:root{--ink:#ececf1;--paper:#17171a;--faint:#a9a9b4;--key:#9db8ff;--on:#10131c}}' +
  'body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--paper);color:var(--ink);' +
  'font:1.125rem/1.5 system-ui,sans-serif}main{box-sizing:border-box;width:100%;max-width:32rem;padding:2rem 1.5rem}' +
  'h1{margin:0 0 .5rem;font-size:1.6rem;line-height:1.25;overflow-wrap:anywhere}p{margin:0 0 1rem;overflow-wrap:anywhere}' +
  '.note{color:var(--faint);font-size:.95rem}button{font:inherit;font-weight:600;padding:.65rem 1.6rem;border:0;' +
  'border-radius:.5rem;background:var(--key);color:var(--on);cursor:pointer}' +
  'button{max-width:100%;margin:0 .35rem .5rem 0;overflow-wrap:anywhere}label{display:block;margin-bottom:.25rem}textarea{box-sizing:border-box;width:100%;' +
  'font:inherit;padding:.5rem;border:1px solid var(--faint);border-radius:.5rem;background:var(--paper);color:var(--ink)}' +
  'button:focus-visible,textarea:focus-visible{outline:3px solid var(--ink);outline-offset:2px}'

/** Renders the page that asks before a command runs. Its form posts to the page's own URL, which it does not contain. */
export function confirmPage(hook: Hook, form: ConfirmPageData, custom: PageText = {}): string {
  const { title, choices } = form
  const host = hook.redirectTo === undefined ? undefined : new URL(hook.redirectTo).host
  return render({
    title: title ?? 'Please confirm',
    text: `Nothing has happened yet. Press ${choices === undefined ? 'the' : 'a'} button to continue.`,
    note: host === undefined ? '' : `You will then be taken to ${host}.`,
    ...custom,
    button: custom.button ?? 'Confirm',
    form,
  })
}

/** Renders the page shown after a command that does not redirect. */
export function donePage(title: string | undefined, custom: PageText = {}): string {
  return render({ title: 'Done', text: title ?? 'You can close this page.', ...custom, button: '' })
}

/** Renders the page shown while a command is still running. */
export function acceptedPage(title: string | undefined): string {
  return render({ title: title ?? 'Your request is being processed', text: 'You can close this page.' })
}

/** Renders the page that says why a URL was rejected. */
export function rejectedPage(code: ErrorCode, custom: PageText = {}, usedAt?: Date): string {
  const copy = rejections[code] ?? invalidLink
  const text = usedAt === undefined ? copy.text : `It was used on ${formatTime(usedAt)} and cannot be used again.`
  return render({ ...copy, ...(text !== undefined && { text }), note: `Reason: ${code}`, ...custom, button: '' })
}

/** Renders the page that link previews are made from. */
export function previewPage(title: string | undefined): string {
  return render({ title: title ?? 'Open this link' })
}

/** Escapes text for HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

function renderForm({ formId, comment, choices }: ConfirmPageData, button: string): string {
  const id = formId === undefined ? '' : `<input type="hidden" name="${CONFIRM_FIELD}" value="${escapeHtml(formId)}">`
  // In a single-line field, Enter would press the first button.
  const field =
    comment === undefined
      ? ''
      : `<p><label for="${COMMENT_FIELD}">${escapeHtml(comment.label)}</label>` +
        `<textarea id="${COMMENT_FIELD}" name="${COMMENT_FIELD}" rows="4" maxlength="${comment.maxLength}"></textarea></p>`
  const buttons =
    choices === undefined
      ? `<button>${escapeHtml(button)}</button>`
      : Object.entries(choices)
          .map(([name, label]) => renderChoice(name, label))
          .join(' ')
  return `<form method="post">${id}${field}${buttons}</form>`
}

function renderChoice(name: string, label: string): string {
  return `<button name="${CHOICE_FIELD}" value="${escapeHtml(name)}">${escapeHtml(label)}</button>`
}

function formatTime(time: Date): string {
  const iso = time.toISOString()
  return `${iso.slice(0, 10)} at ${iso.slice(11, 16)} UTC`
}

function render({ title, text = '', note = '', button = '', language = 'en', form = {} }: PageCopy): string {
  const heading = escapeHtml(title)
  return (
    `<!doctype html><html lang="${escapeHtml(language)}"><head><meta charset="utf-8">` +
    '<meta name="viewport" content="width=device-width,initial-scale=1">' +
    `<title>${heading}</title><style>${style}</style></head><body><main><h1>${heading}</h1>` +
    (text === '' ? '' : `<p>${escapeHtml(text)}</p>`) +
    (note === '' ? '' : `<p class="note">${escapeHtml(note)}</p>`) +
    (button === '' ? '' : renderForm(form, button)) +
    '</main></body></html>'
  )
}
