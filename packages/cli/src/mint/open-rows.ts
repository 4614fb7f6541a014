import { invalidOption } from '@hookurl/core/internal'
import { createCsvReader, createCsvWriter } from './csv.ts'
import { createCsvToNdjsonWriter, createNdjsonReader, createNdjsonWriter } from './ndjson.ts'
import type { RowReader, RowWriter } from './rows.ts'

/** A reader for the format of the input, and the matching writer. */
export interface RowFormat {
  readonly reader: RowReader<unknown>
  readonly writer: RowWriter<unknown>
}

/**
 * Detects the format of the input. NDJSON begins with `{`; everything else is CSV. The output has the same format, or
 * is NDJSON with `--json`.
 *
 * @throws {HookurlError} `invalid_option` if the input is empty or its header is not valid
 */
export async function openRows(text: AsyncGenerator<string>, { json }: { json: boolean }): Promise<RowFormat> {
  const { value, done } = await text.next()
  // The decoder has removed a byte order mark.
  const start = done === true ? '' : value
  if (start.trim() === '') {
    throw invalidOption('--from: the input is empty', 'Pass CSV with a header row, or NDJSON.')
  }
  const input = prepend(start, text)
  if (start.trimStart().startsWith('{')) return { reader: createNdjsonReader(input), writer: createNdjsonWriter() }
  if (/^\s*\[\s*(?:[{["\]\d-]|$)/.test(start)) {
    throw invalidOption(
      '--from: the input is a JSON array',
      "Write one object per line: jq -c '.[]' FILE | hookurl mint --from - …",
    )
  }
  const reader = await createCsvReader(input)
  return { reader, writer: json ? createCsvToNdjsonWriter(reader.header) : createCsvWriter(reader) }
}

async function* prepend(start: string, text: AsyncGenerator<string>): AsyncGenerator<string> {
  yield start
  yield* text
}
