import type { Browser } from 'playwright-core'
import { openWatchedPage } from './check-pages.ts'

const token = 'eyJhbGciOiJIUzI1NiJ9.eyJjbWQiOiIvYXBwcm92ZSJ9.y3cQvJr0yGkU7m1sZpQbTn2oXw4LdHf8aEiCjBgRtKM'

/** Uses the site as a reader does. Throws if something does not work, or if anything is requested from another origin. */
export async function checkReading(browser: Browser, home: string): Promise<string> {
  const { page, problems, close } = await openWatchedPage(browser, new URL(home).origin)
  await page.goto(home)

  const search = page.getByRole('searchbox').or(page.locator('.VPLocalSearchBox input')).first()
  // The shortcut works once the page has loaded its script.
  for (let attempt = 0; attempt < 40 && !(await search.isVisible()); attempt++) {
    await page.keyboard.press('Control+k')
    await page.waitForTimeout(250)
  }
  await search.fill('redirectHosts')
  await page.locator('.VPLocalSearchBox .result', { hasText: 'Redirects' }).first().click()
  await page.getByRole('heading', { name: 'Redirects' }).first().waitFor()

  const isDark = (): Promise<boolean> => page.evaluate("document.documentElement.classList.contains('dark')")
  await page.locator('.VPNavBarAppearance button').click()
  if (!(await isDark())) throw new Error('the switch does not select the dark theme')
  await page.reload()
  if (!(await isDark())) throw new Error('the dark theme is gone after a reload')

  await page.locator('.VPNavBarMenu').getByRole('link', { name: 'Debugger' }).click()
  await page.waitForURL(`${home}debugger.html`)
  if (!(await page.getByRole('button', { name: 'Dark theme', pressed: true }).isVisible()))
    throw new Error('the debugger does not have the theme of the site')
  await page.context().setOffline(true)
  const requests: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  await page.getByRole('textbox').fill(`https://bot.example.com/hooks/${token}`)
  await page.getByRole('row', { name: 'command cmd /approve' }).waitFor()
  if (requests.length > 0) throw new Error(`the debugger requested ${requests.join(', ')}`)
  await page.context().setOffline(false)

  await page.goto(`${home}debugger`)
  await page.getByRole('link', { name: 'Docs' }).click()
  await page.waitForURL(home)

  if (problems.length > 0) throw new Error(problems.join('\n'))
  const response = await page.goto(`${home}none`)
  await page.getByRole('heading', { name: 'Page not found' }).waitFor()
  if (response?.status() !== 404) throw new Error('a missing page does not get 404')
  await close()
  return 'search, theme, debugger without a network, page not found'
}
