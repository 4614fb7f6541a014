import { getContrast } from './contrast.ts'

interface Colors {
  /** The page behind the card. */
  readonly back: string
  readonly card: string
  readonly line: string
  readonly ink: string
  /** Small print. On the card, its contrast is at least 4.5 : 1. */
  readonly faint: string
  /** The borders of fields and of buttons. On the card, its contrast is at least 3 : 1. */
  readonly edge: string
  readonly good: string
}

const light: Colors = {
  back: '#f3f4f7',
  card: '#ffffff',
  line: '#e1e4ea',
  ink: '#16181d',
  faint: '#575d69',
  edge: '#848a96',
  good: '#177245',
}
const dark: Colors = {
  back: '#0f1013',
  card: '#1a1c20',
  line: '#32353c',
  ink: '#eef0f4',
  faint: '#a7adb9',
  edge: '#7d838f',
  good: '#5fcf97',
}

const MIN_BORDER_CONTRAST = 3

// `anywhere` breaks words that have no other break, such as German compounds and URLs. There is no animation.
const rules =
  '*{box-sizing:border-box}' +
  'body{margin:0;min-height:100vh;min-height:100svh;display:grid;grid-template-columns:minmax(0,1fr);align-items:center;' +
  'justify-items:center;padding:1rem;' +
  'background:var(--back);color:var(--ink);font:1rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere;' +
  'word-break:auto-phrase;-webkit-text-size-adjust:100%}' +
  'main{width:100%;max-width:29rem;padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:.875rem;' +
  'box-shadow:0 1px 2px #0000000a,0 12px 32px #00000014}' +
  '.brand{margin-bottom:1.75rem;font-weight:600;line-height:1.3}' +
  'img{display:block;height:2.5rem;max-width:100%;object-fit:contain;object-position:left}' +
  '[dir=rtl] img{object-position:right}' +
  'h1{margin:0 0 .5rem;font-size:clamp(1.25rem,6.5vw,1.5rem);font-weight:650;line-height:1.25;text-wrap:balance;' +
  'hyphens:auto}' +
  'p{margin:0;text-wrap:pretty}' +
  '.icon{display:block;width:2.5rem;height:2.5rem;margin-bottom:1rem;color:var(--faint)}' +
  '.icon.good{color:var(--good)}' +
  '.note{margin-top:.5rem;color:var(--faint);font-size:.875rem}' +
  'form{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1.5rem}' +
  'form p{flex-basis:100%;margin-bottom:.5rem}' +
  'label{display:block;margin-bottom:.375rem;font-weight:600}' +
  'button,textarea{font:inherit;border-radius:.5rem}' +
  'textarea{display:block;width:100%;min-height:6.5rem;padding:.625rem .75rem;border:1px solid var(--edge);' +
  'background:var(--card);color:var(--ink);resize:vertical}' +
  'button{flex:1 1 auto;min-width:min(9rem,100%);max-width:100%;min-height:3rem;padding:.625rem 1rem;' +
  'border:1px solid var(--rim);background:var(--key);' +
  'color:var(--on);font-weight:600;line-height:1.3;overflow-wrap:break-word;cursor:pointer}' +
  'button~button{border-color:var(--edge);background:var(--card);color:var(--ink)}' +
  'button:hover{text-decoration:underline;text-underline-offset:.2em}' +
  'a{color:inherit}' +
  ':focus-visible{outline:3px solid var(--ink);outline-offset:2px}' +
  'footer{margin-top:1.75rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--faint);font-size:.875rem}' +
  'footer .note{margin:0;font-size:.75rem}footer p+.note{margin-top:.25rem}' +
  '@media(max-width:24rem){main{padding:1.5rem 1.25rem}}' +
  '@media(forced-colors:active){main{border-color:CanvasText}button{border-color:ButtonBorder}}'

/** Returns the style sheet of the default pages. */
export function createStyle(accent: { readonly light: string; readonly dark: string }): string {
  return (
    `:root{color-scheme:light dark;${formatColors(light, accent.light)}}` +
    `@media(prefers-color-scheme:dark){:root{${formatColors(dark, accent.dark)}}}${rules}`
  )
}

/**
 * Chooses the text color of a button: the higher of the two contrasts is at least √21, which is 4.58 : 1. A button whose
 * own color hardly differs from the card gets a border (WCAG 2.2, section 1.4.11).
 */
export function getButtonColors(accent: string, { card, edge }: Colors): { on: string; rim: string } {
  const on = getContrast(accent, '#ffffff') >= getContrast(accent, '#000000') ? '#ffffff' : '#000000'
  return { on, rim: getContrast(accent, card) >= MIN_BORDER_CONTRAST ? accent : edge }
}

function formatColors(colors: Colors, accent: string): string {
  const all = { ...colors, key: accent, ...getButtonColors(accent, colors) }
  return Object.entries(all)
    .map(([name, color]) => `--${name}:${color};`)
    .join('')
}
