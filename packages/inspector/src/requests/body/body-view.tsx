import { type BodyKind, getBodyKind } from '@hookurl/presentation/body-kind'
import { parseJson } from '@hookurl/presentation/json'
import type { BodyPart, CapturedBody } from '@hookurl/presentation/protocol'
import type { JSX } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { fetchBody } from '../../ui/api-client.ts'
import { saveFile, ToggleButtons } from '../../ui/components.tsx'
import { escapeText, formatSize } from '../../ui/format.ts'
import { decodeText, formatHexDump } from './bytes.ts'
import { getFileName } from './file-name.ts'
import { type FormField, parseForm } from './form.ts'
import { JsonTree } from './json-tree.tsx'
import { HexView, PlainText } from './plain-text.tsx'
import { Thumbnail } from './thumbnail.tsx'

const MAX_AUTOMATIC_BYTES = 1024 * 1024

interface BodyViewProps {
  readonly id: number
  readonly part: Exclude<BodyPart, 'payload'>
  readonly info: CapturedBody
  readonly contentType: string | undefined
  /** Whether the body is compressed, and the parsed payload has to be shown instead. */
  readonly isEncoded?: boolean
  readonly hasPayload?: boolean
  readonly label: string
}

type Loaded = { readonly bytes: Uint8Array<ArrayBuffer>; readonly payload?: unknown } | 'unavailable'

/** A body in the form that suits its type: a tree, a table, a picture, text or bytes. Large ones are fetched on demand. */
export function BodyView(props: BodyViewProps): JSX.Element {
  const { id, part, info, isEncoded = false, hasPayload = false } = props
  const [isWanted, setIsWanted] = useState(info.captured <= MAX_AUTOMATIC_BYTES)
  const [loaded, setLoaded] = useState<Loaded>()
  useEffect(() => {
    if (!isWanted || info.length === 0) return
    load({ id, part, withPayload: isEncoded && hasPayload }).then(setLoaded, () => setLoaded('unavailable'))
  }, [id, part, info.length, isWanted, isEncoded, hasPayload])
  if (info.length === 0) return <p class="hint">No body.</p>
  if (!isWanted) {
    return (
      <p>
        <button type="button" class="button" onClick={() => setIsWanted(true)}>
          Show {formatSize(info.captured)}
        </button>
      </p>
    )
  }
  if (loaded === undefined) return <p class="hint">Loading…</p>
  if (loaded === 'unavailable' || info.captured === 0) return <p class="hint">This body is no longer available.</p>
  return <LoadedBody {...props} {...loaded} />
}

interface LoadRequest {
  readonly id: number
  readonly part: BodyPart
  readonly withPayload: boolean
}

async function load({ id, part, withPayload }: LoadRequest): Promise<Loaded> {
  const [bytes, payload] = await Promise.all([fetchBody(id, part), withPayload ? fetchBody(id, 'payload') : undefined])
  if (bytes === undefined) return 'unavailable'
  return payload === undefined ? { bytes } : { bytes, payload: parseJson(new TextDecoder().decode(payload)) }
}

type ViewName = 'tree' | 'fields' | 'picture' | 'text' | 'hex'

const viewLabels: Readonly<Record<ViewName, string>> = {
  tree: 'Tree',
  fields: 'Fields',
  picture: 'Picture',
  text: 'Text',
  hex: 'Hex',
}

interface LoadedBodyProps extends BodyViewProps {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly payload?: unknown
}

function LoadedBody({
  id,
  part,
  info,
  contentType,
  isEncoded = false,
  label,
  bytes,
  payload,
}: LoadedBodyProps): JSX.Element {
  const kind = isEncoded ? 'binary' : getBodyKind(contentType, bytes.length)
  const text = useMemo(() => (isEncoded ? undefined : readText(bytes, contentType)), [bytes, contentType, isEncoded])
  const json = useMemo(() => (payload !== undefined ? { value: payload } : readJson(kind, text)), [payload, kind, text])
  const views = listViews({ kind, text, json })
  const [chosen, setChosen] = useState<ViewName>()
  const view = chosen !== undefined && views.includes(chosen) ? chosen : (views[0] as ViewName)
  const save = (): void => saveFile(new Blob([bytes]), getFileName({ id, part, contentType }))
  return (
    <div class="body">
      <div class="body-bar">
        <ToggleButtons
          label={`Show the ${label.toLowerCase()} as`}
          options={views.map((name) => ({ value: name, label: viewLabels[name] }))}
          value={view}
          onChange={setChosen}
        />
        <button type="button" class="button small" onClick={save}>
          Save
        </button>
        {info.isComplete ? null : (
          <small>
            incomplete: {formatSize(bytes.length)} of {formatSize(info.length)}
          </small>
        )}
        {isEncoded && payload !== undefined ? <small>decompressed</small> : null}
      </div>
      {view === 'tree' ? <JsonTree value={json?.value} label={`${label} as a tree`} /> : null}
      {view === 'fields' ? <FormFields bytes={bytes} contentType={contentType ?? ''} /> : null}
      {view === 'picture' ? <Picture bytes={bytes} /> : null}
      {view === 'text' ? <PlainText text={text ?? ''} label={`${label} as text`} /> : null}
      {view === 'hex' ? <HexView bytes={bytes} label={`${label} as hex`} format={formatHexDump} /> : null}
    </div>
  )
}

interface Readable {
  readonly kind: BodyKind
  readonly text: string | undefined
  readonly json: { readonly value: unknown } | undefined
}

function listViews({ kind, text, json }: Readable): ViewName[] {
  const views: ViewName[] = []
  if (json !== undefined) views.push('tree')
  if (kind === 'form' || kind === 'multipart') views.push('fields')
  if (kind === 'image') views.push('picture')
  if (text !== undefined) views.push('text')
  return [...views, 'hex']
}

function readText(bytes: Uint8Array, contentType = ''): string | undefined {
  const charset = /;\s*charset="?([\w.:-]+)/i.exec(contentType)?.[1] ?? 'utf-8'
  const text = decodeText(bytes, charset)
  // Many zeros: UTF-16 or binary data that happens to be valid.
  return text?.slice(0, 4096).includes('\0') === true ? undefined : text
}

function readJson(kind: BodyKind, text: string | undefined): { value: unknown } | undefined {
  if (text === undefined || (kind !== 'json' && !/^\s*[[{]/.test(text.slice(0, 100)))) return undefined
  try {
    return { value: parseJson(text.replace(/^\ufeff/, '')) }
  } catch {
    return undefined
  }
}

function Picture({ bytes }: { bytes: Uint8Array<ArrayBuffer> }): JSX.Element {
  const file = useMemo(() => new Blob([bytes]), [bytes])
  return (
    <div class="picture">
      <Thumbnail file={file} label="The body as a picture" maxSize={480} />
    </div>
  )
}

/** The fields of a form as a table, and its files as cards. */
function FormFields({ bytes, contentType }: { bytes: Uint8Array<ArrayBuffer>; contentType: string }): JSX.Element {
  const [fields, setFields] = useState<readonly FormField[] | 'unreadable'>()
  useEffect(() => {
    void parseForm(bytes, contentType).then((parsed) => setFields(parsed ?? 'unreadable'))
  }, [bytes, contentType])
  if (fields === undefined) return <p class="hint">Loading…</p>
  if (fields === 'unreadable') return <p class="hint">This form is malformed. Use Hex to see its bytes.</p>
  const files = fields.filter((field): field is readonly [string, File] => field[1] instanceof File)
  const values = fields.filter((field): field is readonly [string, string] => typeof field[1] === 'string')
  return (
    <>
      {values.length === 0 ? null : (
        <table class="fields">
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Value</th>
            </tr>
          </thead>
          <tbody>
            {values.map(([name, value], index) => (
              // Keyed by index, because names can repeat.
              <tr key={index}>
                <th scope="row">{escapeText(name)}</th>
                <td>{escapeText(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {files.length === 0 ? null : (
        <ul class="files">
          {files.map(([name, file], index) => (
            <FileCard key={index} name={name} file={file} />
          ))}
        </ul>
      )}
    </>
  )
}

function FileCard({ name, file }: { name: string; file: File }): JSX.Element {
  const fileName = escapeText(file.name)
  return (
    <li class="file">
      <Thumbnail file={file} label={`Picture ${fileName}`} maxSize={96} />
      <div>
        <b>{fileName === '' ? 'unnamed file' : fileName}</b>
        <small>
          {escapeText(name)} · {escapeText(file.type) || 'no type'} · {formatSize(file.size)}
        </small>
        <button
          type="button"
          class="button small"
          // The sender chose the name and the type, so neither is used.
          onClick={() => saveFile(new Blob([file]), 'hookurl-upload.bin')}
          aria-label={`Save ${fileName}`}
        >
          Save
        </button>
      </div>
    </li>
  )
}
