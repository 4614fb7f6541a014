import type { CommandDefinition, Hook } from '@hookurl/core'
import { defineCommands } from '@hookurl/core'
import { languages } from '@hookurl/verify/languages'
import { describe, expect, test, vi } from 'vitest'
import { createPageData, createTestPages, sampleHook } from '../support/pages.ts'

const pages = createTestPages({ languages })

/** Renders the confirm page of a command. */
function confirm(definition: CommandDefinition, language = 'en'): string {
  defineCommands({ '/pay': definition })
  return pages.confirm(createPageData(language, { definition })).html
}

function getHeading(html: string): string | undefined {
  return /<h1>(.*?)<\/h1>/.exec(html)?.[1]
}

describe('the title of a command', () => {
  const byLanguage = { en: 'Pay', de: 'Bezahlen', 'fr-CH': 'Payer' }

  test('is a string for every language', () => {
    expect(getHeading(confirm({ title: 'Pay <now>' }, 'de'))).toBe('Pay &#60;now&#62;')
  })

  test.each([
    ['en', 'Pay'],
    ['de-AT', 'Bezahlen'],
    ['fr', 'Pay'],
    ['ja', 'Pay'],
  ])('may be a string by language: %s gets %s', (language, title) => {
    expect(getHeading(confirm({ title: byLanguage }, language))).toBe(title)
  })

  test('is the first one of a record without English, for languages that it lacks', () => {
    expect(getHeading(confirm({ title: { de: 'Bezahlen', pl: 'Zapłać' } }, 'ja'))).toBe('Bezahlen')
  })

  test('may be a function of the hook and the language of the page', () => {
    const title = vi.fn(({ content }: Hook, language: string) => `${language}: invoice ${JSON.stringify(content)}`)
    expect(getHeading(confirm({ title }, 'de-AT'))).toBe('de: invoice {&#34;number&#34;:7}')
    expect(title).toHaveBeenCalledExactlyOnceWith(sampleHook, 'de')
  })

  test('is one line of at most 256 characters', () => {
    expect(getHeading(confirm({ title: () => ` Invoice\u2028\r\n7\u202e ${'x'.repeat(5000)}` }))).toBe(
      `Invoice 7  ${'x'.repeat(244)}…`,
    )
    const title = (): string => `${'x'.repeat(254)}😀😀`
    expect(getHeading(confirm({ title }))).toBe(`${'x'.repeat(254)}…`)
  })

  test('is also on the pages after the command', () => {
    const data = createPageData('en', { definition: { title: () => 'Invoice 7' } })
    expect(pages.done(data).html).toContain('<h1>Done</h1><p>Invoice 7</p><p class="note">You can close this page.</p>')
    expect(pages.accepted(data).html).toContain('<h1>Your request is being processed</h1><p>Invoice 7</p>')
  })

  const failing: readonly [what: string, title: () => unknown][] = [
    [
      'throws',
      () => {
        throw new Error('no invoice')
      },
    ],
    ['returns a promise', async () => 'later'],
    ['returns a promise that never settles', () => new Promise(() => {})],
    ['returns a promise that rejects', async () => Promise.reject(new Error('later'))],
    ['returns nothing', () => undefined],
    ['returns an empty string', () => ' \n'],
    ['returns a number', () => 7],
  ]
  test.each(failing)('is the default if the function %s, and onError receives the error', async (_, title) => {
    const { confirm, errors } = createTestPages()
    const { html } = confirm(createPageData('en', { definition: { title: title as () => string } }))
    expect(getHeading(html)).toBe('Please confirm')
    expect(errors).toEqual([expect.any(Error)])
    await new Promise((resolve) => setTimeout(resolve, 1))
  })

  test.each([7, {}, { en: 7 }, []])('is the default if a definition that was not checked has %j', (title) => {
    const { html } = createTestPages().confirm(createPageData('en', { definition: { title } as never }))
    expect(getHeading(html)).toBe('Please confirm')
  })

  test('is not asked for where it is not shown', () => {
    const title = vi.fn(() => 'Invoice 7')
    pages.rejected('expired', createPageData('en', { definition: { title } }))
    expect(title).not.toHaveBeenCalled()
  })

  test('of a hook that only its user may use is not made from the hook in link previews', () => {
    const title = vi.fn(() => 'Invoice 7')
    const preview = (hook: Hook, definition: CommandDefinition): string | undefined =>
      getHeading(pages.preview(createPageData('en', { hook, definition })).html)
    expect(preview(sampleHook, { title })).toBe('Invoice 7')
    expect(preview({ ...sampleHook, requiresUser: true }, { title })).toBe('Open this link')
    expect(preview({ ...sampleHook, requiresUser: true }, { title: 'Invoice' })).toBe('Invoice')
    expect(title).toHaveBeenCalledOnce()
  })
})

describe('the labels of choices and comments', () => {
  const definition: CommandDefinition = {
    choices: { approve: { en: 'Approve', de: 'Genehmigen' }, reject: (language) => `Reject (${language})` },
    comment: { label: { en: 'Why?', de: 'Warum?' }, maxLength: 100 },
  }

  test('are in the language of the page', () => {
    const html = confirm(definition, 'de')
    expect(html).toContain('<button name="choice" value="approve">Genehmigen</button>')
    expect(html).toContain('<button name="choice" value="reject">Reject (de)</button>')
    expect(html).toContain('<label for="comment">Warum?</label>')
  })

  test('are their names if the function throws', () => {
    const throwing = (): string => {
      throw new Error('no label')
    }
    const html = confirm({ choices: { approve: throwing }, comment: { label: throwing, maxLength: 9 } })
    expect(html).toContain('value="approve">approve</button>')
    expect(html).toContain('<label for="comment">comment</label>')
  })
})
