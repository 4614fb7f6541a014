import { type ErrorCode, errorCodes } from '@hookurl/core'
import { escapeHtml } from './escape-html.ts'
import type { PageLanguage, PageMessage } from './page-language.ts'
import type { PageText } from './page-options.ts'

/**
 * The field of the confirm page that makes each instance of it unique: a form that is submitted again (double click,
 * reload) is a duplicate, the form of another visitor is not.
 */
export const CONFIRM_FIELD = 'hookurl-form'

/** The names of the button that was pressed, and of the text field, on the confirm page of a command that has choices. */
export const CHOICE_FIELD = 'choice'
export const COMMENT_FIELD = 'comment'

/** What a default page contains. A button sends the URL again, as a POST. */
export interface PageContent extends PageText {
  readonly title: string
  readonly icon?: keyof typeof icons
  readonly form?: ConfirmForm
  /** Whether `note` is at the end of the page. */
  readonly isReference?: boolean
}

/** The form of a confirm page, in the language of the page. */
export interface ConfirmForm {
  /** Makes this instance of the page unique; `undefined`: a guard's route reads the form. */
  readonly formId?: string | undefined
  /** The labels of the choices, by name. */
  readonly choices?: ReadonlyMap<string, string> | undefined
  readonly comment?: { readonly label: string; readonly maxLength: number } | undefined
}

/** What the pages of one language have in common. */
export interface PageFrame {
  /** The tag of the language. */
  readonly language: string
  readonly direction: 'ltr' | 'rtl'
  readonly style: string
  readonly name: string | undefined
  /** The markup of the sender. */
  readonly header: string
  /** The markup of the link to the support; empty for none. */
  readonly help: string
}

type MessageName = {
  [Name in keyof PageLanguage]: PageLanguage[Name] extends PageMessage ? Name : never
}[keyof PageLanguage]

// What users see for these codes. For any other code, the page says that the link does not work.
const rejections: Partial<Record<ErrorCode, MessageName>> = {
  expired: 'expired',
  not_yet_valid: 'notYetValid',
  already_used: 'alreadyUsed',
  in_progress: 'inProgress',
  lease_lost: 'inProgress',
  denied: 'denied',
  state_changed: 'stateChanged',
  sign_in_required: 'signIn',
  wrong_user: 'wrongUser',
  store_unavailable: 'unavailable',
  state_unavailable: 'unavailable',
  user_unavailable: 'unavailable',
  keys_unavailable: 'unavailable',
  not_configured: 'unavailable',
  body_already_consumed: 'unavailable',
  invalid_option: 'unavailable',
  invalid_key: 'unavailable',
  handler_failed: 'failed',
  invalid_payload: 'invalidRequest',
  malformed_body: 'invalidRequest',
  body_too_large: 'invalidRequest',
  body_timeout: 'invalidRequest',
  request_aborted: 'invalidRequest',
  unsupported_encoding: 'invalidRequest',
}

/** What is inside the circle of an icon, which only repeats the heading. */
const icons = {
  done: '<path d="m7.5 12.5 3 3 6-6.5"/>',
  accepted: '<path d="M12 7v5l3.5 2"/>',
  rejected: '<path d="M12 7v6M12 16.5v.01"/>',
}

/** The page that asks before a command runs. Its form posts to the page's own URL, which it does not contain. */
export function confirmPage(
  { confirm }: PageLanguage,
  title: string | undefined,
  form: ConfirmForm,
  host?: string,
): PageContent {
  return {
    title: title ?? confirm.title,
    text: form.choices === undefined ? confirm.text : confirm.choices,
    note: host === undefined ? '' : insert(confirm.redirect, 'host', host),
    button: confirm.button,
    form,
  }
}

/** The page shown after a command that does not redirect. */
export function donePage({ done }: PageLanguage, title: string | undefined): PageContent {
  return { icon: 'done', title: done.title, ...toText(title, done.text) }
}

/** The page shown while a command is still running. */
export function acceptedPage({ accepted }: PageLanguage, title: string | undefined): PageContent {
  return { icon: 'accepted', title: accepted.title, ...toText(title, accepted.text) }
}

/** The page that says why a URL was rejected. */
export function rejectedPage(copy: PageLanguage, code: ErrorCode, usedAt?: string): PageContent {
  const { title, text } = copy[rejections[code] ?? 'invalidLink']
  return {
    icon: 'rejected',
    title,
    text: usedAt === undefined ? text : insert(copy.alreadyUsed.usedAt, 'time', usedAt),
    note: insert(copy.footer.reference, 'code', toReference(code)),
    isReference: true,
  }
}

/** The page that link previews are made from. */
export function previewPage({ preview }: PageLanguage, title: string | undefined): PageContent {
  return { title: title ?? preview.title }
}

/** Formats a time for users, in UTC, which it names. */
export function formatTime(time: Date, language: string): string {
  return new Intl.DateTimeFormat(language, {
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone: 'UTC',
    timeZoneName: 'short',
  }).format(time)
}

/** Renders a page as HTML. */
export function renderPage(
  { title, text = '', note = '', button = '', icon, form, isReference = false }: PageContent,
  { language, direction, style, name, header, help }: PageFrame,
): string {
  const heading = escapeHtml(title)
  const small = note === '' ? '' : `<p class="note">${escapeHtml(note)}</p>`
  const footer = help + (isReference ? small : '')
  return (
    `<!doctype html><html lang="${escapeHtml(language)}"${direction === 'rtl' ? ' dir="rtl"' : ''}><head><meta charset="utf-8">` +
    '<meta name="viewport" content="width=device-width,initial-scale=1">' +
    `<title>${heading}${name === undefined ? '' : ` · ${escapeHtml(name)}`}</title><style>${style}</style></head>` +
    `<body><main>${header}${icon === undefined ? '' : renderIcon(icon)}<h1>${heading}</h1>` +
    (text === '' ? '' : `<p>${escapeHtml(text)}</p>`) +
    (isReference ? '' : small) +
    (form === undefined || button === '' ? '' : renderForm(form, button)) +
    (footer === '' ? '' : `<footer>${footer}</footer>`) +
    '</main></body></html>'
  )
}

// Users get the code where it helps them to report a link. What is wrong with the server is in its log.
function toReference(code: ErrorCode): string {
  const { status = 500 }: { status?: number; title: string } = errorCodes[code]
  return status >= 500 ? String(status) : code
}

function toText(title: string | undefined, close: string): PageText {
  return title === undefined ? { text: close } : { text: title, note: close }
}

// The value may contain `$`, which a replacement string would interpret.
function insert(text: string, name: string, value: string): string {
  return text.replaceAll(`{${name}}`, () => value)
}

function renderIcon(icon: keyof typeof icons): string {
  return (
    `<svg class="icon${icon === 'done' ? ' good' : ''}" viewBox="1 1 22 22" fill="none" stroke="currentColor" stroke-width="1.75" ` +
    `stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><circle cx="12" cy="12" r="10"/>${icons[icon]}</svg>`
  )
}

function renderForm({ formId, comment, choices }: ConfirmForm, button: string): string {
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
      : [...choices].map(([name, label]) => renderChoice(name, label)).join('')
  return `<form method="post">${id}${field}${buttons}</form>`
}

function renderChoice(name: string, label: string): string {
  return `<button name="${CHOICE_FIELD}" value="${escapeHtml(name)}">${escapeHtml(label)}</button>`
}
