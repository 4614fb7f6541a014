import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../../tools/setup/io.js'

interface WordList {
  readonly name: string
  readonly pattern: RegExp
  readonly isChecked: (file: string) => boolean
}

// `·` is removed. It keeps this file from matching its own lists.
function toPattern(text: string, flags = ''): RegExp {
  return new RegExp(text.replaceAll('·', ''), `g${flags}`)
}

const identifiers = [
  't·ellDistance|checkB·ag|checkN·ames|checkC·lock|shakeH·ands|isT·henable|leadsT·o|PageM·aker|rememberL·ast|toLogL·ines?|A·waitable',
  'nameP·aths|placeT·oken|createP·lacement|findL·oss|wayO·f|toW·ay|runR·oute|claimU·se|UseC·laim|ClaimA·nswer|u·ncounted|maxR·un',
  'onR·efusal|memoryU·ses|lmdbU·ses|redisU·ses|RefusedR·equest|HandlerH·ook|CalledH·ook|KeyringT·ext|PageT·exts|RingK·ey|createR·ing',
  'mayA·ct|[a-z]+A·nswer|safetyH·eaders|layO·ut|drawA·natomy|(parse|tell|to)M·oment|withoutO·urs|resemblesO·urs|changeK·eyring',
  'createT·urns|createWholeF·ile|hangU·p|re·fuseS·tranger|leaveQ·uietly|toneO·f|takeT·urn|tellS·tep|tellK·eys?|tellA·rrival',
]
const words = [
  'm·end(s|ed|ing)?|w·hoever|w·homever|n·obody|s·omebody|a·new|for e·ver|j·udg(e|es|ed|ing|ements?)|b·ears|s·trangers?|s·poilt',
  's·pelt|b·eforehand|unless t·old|(is|are|was|were|be|been|being) t·old|t·ells? (of|apart|n·obody)|t·exts|(a|one|no|its|gi·ven) t·ext',
  's·pell(s|ed|ings?)|by i·tself|made e·lsewhere|h·ears? of|leads n·owhere|given b·ack|a good (hook|url|t·oken|one)s?',
  'c·olour(s|ed|ing)?|l·icence|e-m·ails?|h·onour(s|ed)?|b·ehaviour|r·ecognis(e|ed)|s·ynchronis(e|ed)',
]
const quotes = '["\'`#]'
const codes = [
  String.raw`\b(bad_s·ignature|claims_i·nvalid|content_i·nvalid|key_i·nvalid|unsupported_r·untime|cut_o·ff|o·verlong|altered_e·nd|white_s·pace)\b`,
  String.raw`\bpayload_(invalid|malformed|unread|aborted|too_large|timeout)\b`,
  `${quotes}(spent|busy|revoked|malformed|claimed|repeated|sealed)["'\`) ]`,
  String.raw`"(r·epeated|u·ncounted)":|--(s·eal|f·orm)\b|\bs·eal: true|\bf·orm: '(short|full)`,
]

const isSource = (file: string): boolean => /^packages\/[^/]+\/src\//.test(file)
const lists: readonly WordList[] = [
  { name: 'identifiers', pattern: toPattern(`\\b(${identifiers.join('|')})\\b`), isChecked: () => true },
  { name: 'codes, flags and values', pattern: toPattern(codes.join('|')), isChecked: () => true },
  { name: 'words', pattern: toPattern(`\\b(${words.join('|')})\\b`, 'i'), isChecked: () => true },
  {
    name: 'words for responses and rejections',
    pattern: toPattern(String.raw`\b(a·nswer(s|ed|ing)?|r·efus(e|es|ed|al|als|ing))\b`, 'i'),
    isChecked: isSource,
  },
]

// The changelog describes what was.
const ignored = /^(?:conformance\/.*\.json|CHANGELOG\.md|pnpm-lock\.yaml|.*\.(?:svg|png))$/
const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean)
const vectors = tracked
  .filter((file) => /^conformance\/.*\.json$/.test(file))
  .map(read)
  .join('\n')
const lines = tracked
  .filter((file) => !ignored.test(file))
  .flatMap((file) =>
    read(file)
      .split('\n')
      .map((text, at) => ({
        file,
        number: at + 1,
        text: file.startsWith('conformance/') ? withoutVectors(text) : text,
      })),
  )

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

// The vectors and corpora must not change, so their generators keep the strings that are in them.
function withoutVectors(line: string): string {
  return line.replace(/(['"`])(.*?)\1/g, (literal, _, content: string) => {
    const parts = content.split(/\$\{.*?\}/).map((part) => part.trim())
    return parts.every((part) => vectors.includes(part)) ? '' : literal
  })
}

test.each(lists)('the old $name are gone', ({ pattern, isChecked }) => {
  const found = lines
    .filter((line) => isChecked(line.file))
    .flatMap(({ file, number, text }) => (text.match(pattern) ?? []).map((word) => `${file}:${number}: ${word}`))
  expect(lines.length).toBeGreaterThan(10_000)
  expect(found).toEqual([])
})

test.each([
  ['identifiers', 'the function wayO·f(x)'],
  ['codes, flags and values', "if (code === 's·pent')"],
  ['words', 'C·olours that n·obody'],
  ['words for responses and rejections', 'R·efused with an a·nswer'],
])('the list of %s finds one', (name, sample) => {
  const list = lists.find((each) => each.name === name)
  expect(sample.replaceAll('·', '').search(list?.pattern ?? /^$/)).toBeGreaterThan(-1)
})
