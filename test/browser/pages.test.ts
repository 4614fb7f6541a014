import { writeFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  codes,
  createPageData,
  createTestPages,
  renderAllPages,
  sampleHook,
} from '../../packages/verify/test/support/pages.ts'
import { explainAbsence } from '../../tools/setup/programs.js'
import { runAxe } from './axe.ts'
import { chromiumPath, openBrowser } from './open-browser.ts'
import {
  type SamplePages,
  sampleCommands,
  sampleLanguages,
  samplePageOptions,
  samplePages,
  startSamplePages,
} from './sample-pages.ts'

const phone = { width: 390, height: 844 }
const desktop = { width: 1440, height: 900 }
const displays = [
  { viewport: phone, colorScheme: 'light' },
  { viewport: desktop, colorScheme: 'dark' },
] as const
// WCAG 2.2, section 1.4.10: 1280 pixels at 400 %.
const narrow = { width: 320, height: 640 }
// HOOKURL_PICTURES=docs/images updates the pictures of the documentation.
const pictureFolder = process.env.HOOKURL_PICTURES
const pictures = [
  { page: 'confirm', name: 'page-confirm-phone-light', colorScheme: 'light', size: { width: 390, height: 560 } },
  { page: 'choices', name: 'page-choices-phone-dark', colorScheme: 'dark', size: { width: 390, height: 760 } },
  { page: 'choices', name: 'page-choices-desktop-light', colorScheme: 'light', size: { width: 1440, height: 760 } },
  { page: 'done', name: 'page-done-desktop-dark', colorScheme: 'dark', size: { width: 1440, height: 600 } },
  { page: 'expired', name: 'page-expired-phone-light', colorScheme: 'light', size: { width: 390, height: 560 } },
] as const
let samples: SamplePages
let browser: Browser
let page: Page
let sheet: Page
const problems: string[] = []

async function open(name: string, language = 'en'): Promise<void> {
  const sample = samplePages.find((other) => other.name === name)
  if (sample === undefined) throw new Error(`there is no page ${name}`)
  await page.setExtraHTTPHeaders({ 'accept-language': language })
  await page.goto(samples.mintUrl(sample))
  if (sample.confirms) await page.getByRole('button').first().click()
}

function getWidth(target: Page): Promise<number> {
  return target.evaluate('document.documentElement.scrollWidth')
}

async function findViolations(target: Page): Promise<string[]> {
  const { violations, incomplete } = await runAxe(target)
  return [...violations, ...incomplete].map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

describe.skipIf(chromiumPath === undefined)(
  chromiumPath === undefined ? explainAbsence('chromium') : 'the pages of a bank, in Chromium',
  () => {
    beforeAll(async () => {
      samples = await startSamplePages()
      browser = await openBrowser()
      page = await browser.newPage({ viewport: phone })
      page.on('console', (message) => {
        // The status of a rejection.
        if (!message.text().startsWith('Failed to load resource')) problems.push(message.text())
      })
      page.on('requestfailed', (request) => problems.push(request.url()))
      sheet = await browser.newPage()
      await sheet.setContent('<!doctype html>')
    }, 60_000)

    afterAll(async () => {
      await browser?.close()
      samples?.close()
    })

    // Navigating to every page would take most of the time of these checks, and so would loading axe into each.
    describe.each(sampleLanguages)('in %s', (language) => {
      const pages = createTestPages(samplePageOptions)
      const data = createPageData(language, { hook: { ...sampleHook, content: { number: 7 } } })
      const choices = pages.confirm({ ...data, definition: sampleCommands['/release'] }).html
      const documents = new Map([
        ['choices', choices],
        ...[...renderAllPages(pages, { ...data, definition: sampleCommands['/approve'] })].map(
          ([name, { html }]): [string, string] => [name, html],
        ),
      ])

      test('no page scrolls sideways', async () => {
        await sheet.setViewportSize(narrow)
        const widths = await sheet.evaluate(
          (htmls) => {
            return htmls.map(([name, html]) => {
              document.documentElement.replaceWith(new DOMParser().parseFromString(html, 'text/html').documentElement)
              return [name, document.documentElement.scrollWidth]
            })
          },
          [...documents],
        )
        expect(widths.filter(([, width]) => width !== narrow.width)).toEqual([])
        expect(widths.length).toBeGreaterThan(codes.length)
      })

      for (const { colorScheme, viewport } of displays) {
        test(`pages pass axe at a width of ${viewport.width} pixels (${colorScheme})`, async () => {
          await sheet.setViewportSize(viewport)
          await sheet.emulateMedia({ colorScheme })
          for (const html of [choices, documents.get('expired') ?? '']) {
            await sheet.evaluate((source) => {
              document.documentElement.replaceWith(new DOMParser().parseFromString(source, 'text/html').documentElement)
            }, html)
            expect(await getWidth(sheet)).toBe(viewport.width)
            expect(await findViolations(sheet)).toEqual([])
          }
        })
      }
    })

    test.each(samplePages.map(({ name }) => name))('%s passes axe on a phone in dark', async (name) => {
      await page.setViewportSize(phone)
      await page.emulateMedia({ colorScheme: 'dark' })
      await open(name)
      expect(await findViolations(page)).toEqual([])
    })

    test.each(['light', 'dark'] as const)(
      'the logo is shown under the content security policy (%s)',
      async (colorScheme) => {
        await page.emulateMedia({ colorScheme })
        await open('confirm')
        const logo = page.getByRole('img', { name: 'Example Bank' })
        expect(await logo.evaluate((image: HTMLImageElement) => [image.complete, image.naturalWidth])).toEqual([
          true,
          190,
        ])
      },
    )

    test('Arabic is written from right to left', async () => {
      await page.setViewportSize(phone)
      await open('invalid', 'ar')
      const [heading, card] = [await page.locator('h1').boundingBox(), await page.locator('main').boundingBox()]
      expect(await page.locator('h1').evaluate((element) => getComputedStyle(element).direction)).toBe('rtl')
      expect((heading?.x ?? 0) + (heading?.width ?? 0)).toBeGreaterThan((card?.x ?? 0) + (card?.width ?? 0) - 40)
    })

    test('the heading of a command is in the language of the page', async () => {
      await open('confirm', 'de-AT,en;q=0.5')
      expect(await page.title()).toBe('Rechnung 7 freigeben · Example Bank')
      await open('confirm', 'sv')
      expect(await page.title()).toBe('Approve invoice 7 · Example Bank')
    })

    test('the failure of a handler shows its status and no reason', async () => {
      await open('failed')
      expect(await page.content()).not.toMatch(/handler|for the page/i)
      expect(await page.locator('footer').textContent()).toBe('Need help? Contact usRef: 500')
    })

    test('the focus of the keyboard is visible on everything that has it', async () => {
      await open('choices')
      for (const tag of ['TEXTAREA', 'BUTTON', 'BUTTON', 'A']) {
        await page.keyboard.press('Tab')
        const focused = await page.evaluate(() => {
          const element = document.activeElement as HTMLElement
          const { outlineStyle, outlineWidth } = getComputedStyle(element)
          return [element.tagName, outlineStyle, outlineWidth]
        })
        expect(focused).toEqual([tag, 'solid', '3px'])
      }
    })

    test('buttons are at least 44 pixels high', async () => {
      await page.setViewportSize(phone)
      await open('choices')
      for (const button of await page.getByRole('button').all()) {
        expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44)
      }
    })

    test.each(['en', 'de'])('on a desktop, the label of a choice takes one line (%s)', async (language) => {
      await page.setViewportSize(desktop)
      await open('choices', language)
      const boxes = await Promise.all((await page.getByRole('button').all()).map((button) => button.boundingBox()))
      // Three rem, the minimum: a second line would make it higher.
      expect(boxes.map((box) => box?.height)).toEqual([48, 48])
      expect(new Set(boxes.map((box) => box?.y)).size).toBe(1)
    })

    test('forced colors leave the edges of the card, the buttons and the field', async () => {
      await page.emulateMedia({ forcedColors: 'active' })
      await open('choices')
      for (const element of await page.locator('main, button, textarea').all()) {
        const border = await element.evaluate((target) => {
          const { borderTopStyle, borderTopColor, backgroundColor } = getComputedStyle(target)
          return { borderTopStyle, isVisible: borderTopColor !== backgroundColor }
        })
        expect(border).toEqual({ borderTopStyle: 'solid', isVisible: true })
      }
      await page.emulateMedia({ forcedColors: 'none' })
    })

    test('nothing moves', async () => {
      await open('choices')
      const moving = await page.evaluate(() =>
        [...document.querySelectorAll('*')].filter((element) => {
          const { transitionDuration, animationName } = getComputedStyle(element)
          return transitionDuration !== '0s' || animationName !== 'none'
        }),
      )
      expect(moving).toEqual([])
    })

    test('nothing was blocked by the content security policy', () => {
      expect(problems).toEqual([])
    })

    if (pictureFolder === undefined) return
    test('are shown in the documentation', async () => {
      for (const { page: name, name: file, colorScheme, size } of pictures) {
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize(size)
        await open(name)
        writeFileSync(`${pictureFolder}/${file}.png`, await page.screenshot())
      }
    })
  },
)
