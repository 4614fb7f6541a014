import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { CodeEditor, CodeLanguage } from './code-editor.ts'

interface EditorProps {
  readonly label: string
  readonly value: string
  readonly language: CodeLanguage
  readonly onChange: (value: string) => void
}

/** An editor with highlighting and folding; a plain field until it is loaded. */
export function Editor({ label, value, language, onChange }: EditorProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null)
  const editor = useRef<CodeEditor>(undefined)
  const [isLoaded, setIsLoaded] = useState(false)
  const latest = useRef({ value, onChange })
  latest.current = { value, onChange }

  useEffect(() => {
    let isStale = false
    // A file of its own, because it is three times the size of the page, which is useful without it.
    void import('./code-editor.ts').then(({ createCodeEditor }) => {
      if (isStale || host.current === null) return
      editor.current = createCodeEditor({
        parent: host.current,
        text: latest.current.value,
        language,
        label,
        onChange: () => latest.current.onChange(editor.current?.getText() ?? ''),
      })
      setIsLoaded(true)
    })
    return () => {
      isStale = true
      editor.current?.destroy()
      editor.current = undefined
    }
  }, [label, language])

  useEffect(() => {
    if (editor.current !== undefined && editor.current.getText() !== value) editor.current.setText(value)
  }, [value])

  return (
    <>
      <div ref={host} class="editor" hidden={!isLoaded} />
      {isLoaded ? null : (
        <textarea
          class="editor-field"
          aria-label={label}
          rows={10}
          spellcheck={false}
          value={value}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </>
  )
}
