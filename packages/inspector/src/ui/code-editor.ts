import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { json } from '@codemirror/lang-json'
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { Compartment, EditorState } from '@codemirror/state'
import { drawSelection, EditorView, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/** An editor of text, which is loaded when it is needed. */
export interface CodeEditor {
  getText(): string
  setText(text: string): void
  setLanguage(language: CodeLanguage): void
  focus(): void
  destroy(): void
}

export type CodeLanguage = 'json' | 'text'

interface CodeEditorOptions {
  readonly parent: HTMLElement
  readonly text: string
  readonly language: CodeLanguage
  readonly label: string
  readonly onChange: () => void
}

// The variables of the page's style sheet also apply inside the shadow root.
const theme = EditorView.theme({
  '&': { color: 'var(--text)', backgroundColor: 'var(--inset)', borderRadius: '6px', fontSize: '13px' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '1px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5', maxHeight: '24rem', minHeight: '6rem' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { color: 'var(--muted)', backgroundColor: 'var(--inset)', border: 'none' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection': {
    backgroundColor: 'var(--selection) !important',
  },
  '.cm-matchingBracket': { backgroundColor: 'var(--selected) !important', outline: '1px solid var(--border)' },
  '.cm-foldPlaceholder': {
    color: 'var(--muted)',
    backgroundColor: 'var(--surface)',
    border: '1px solid var(--border)',
  },
  '.cm-specialChar': { color: 'var(--red)' },
})
const colors = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--claims)' },
  { tag: tags.string, color: 'var(--green)' },
  { tag: tags.number, color: 'var(--header)' },
  { tag: [tags.bool, tags.null], color: 'var(--accent)' },
])

/**
 * Creates an editor. It lives in a shadow root, where its styles need no inline style sheet, which the policy of the page
 * forbids.
 */
export function createCodeEditor({ parent, text, language, label, onChange }: CodeEditorOptions): CodeEditor {
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: 'open' })
  const languageSlot = new Compartment()
  const select = (name: CodeLanguage): ReturnType<typeof json> | [] => (name === 'json' ? json() : [])
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        foldGutter(),
        history(),
        drawSelection(),
        bracketMatching(),
        highlightSpecialChars(),
        EditorView.lineWrapping,
        syntaxHighlighting(colors),
        theme,
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
        EditorView.updateListener.of(({ docChanged }) => docChanged && onChange()),
        // Tab moves the focus, as everywhere else on the page.
        keymap.of([...defaultKeymap, ...historyKeymap, ...foldKeymap]),
        languageSlot.of(select(language)),
      ],
    }),
  })
  return {
    getText: () => view.state.doc.toString(),
    setText: (next) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } }),
    setLanguage: (name) => view.dispatch({ effects: languageSlot.reconfigure(select(name)) }),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  }
}
