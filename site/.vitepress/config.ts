import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { slug } from 'github-slugger'
import { type DefaultTheme, defineConfig } from 'vitepress'
import { createHero } from '../home.ts'
import { repository } from '../links.ts'
import { extendMarkdown } from '../markdown.ts'
import { type Entry, type Group, listLinks, readNavigation } from '../navigation.ts'
import { getSitePage, listExcluded } from '../pages.ts'

const groups = readNavigation()
const hero = createHero()
const base = process.env.HOOKURL_SITE_BASE ?? '/'
// It is no page of VitePress, so the browser has to load it.
const debuggerLink = { text: 'Debugger', link: '/debugger.html', target: '_self' }
// Pages that are not in the list of the documentation.
const project: Group = {
  text: 'Project',
  items: [
    { text: 'Changelog', link: '/changelog' },
    { text: 'Contributing', link: '/contributing' },
  ],
}

export default defineConfig({
  title: 'hookurl',
  description: hero.text,
  lang: 'en-US',
  base,
  cleanUrls: true,
  srcDir: '..',
  srcExclude: listExcluded(),
  rewrites: (file) => getSitePage(file) ?? file,
  outDir: getPath('../dist'),
  cacheDir: getPath('../../node_modules/.cache/vitepress'),
  head: [['link', { rel: 'icon', href: `${base}icon.svg`, type: 'image/svg+xml' }]],
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-default' },
    languageAlias: { console: 'shellsession', cjs: 'js' },
    // Links have the anchors that GitHub makes.
    anchor: { slugify: slug },
    // GitHub does not read `{…}` after text as attributes.
    attrs: { disable: true },
    config: extendMarkdown,
  },
  themeConfig: {
    logo: '/icon.svg',
    nav: [...groups.map(toNavItem), debuggerLink],
    sidebar: [...groups, project].map(({ text, items }) => ({ text, items: items.map(toSidebarItem) })),
    outline: [2, 3],
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: repository, ariaLabel: 'GitHub' }],
    editLink: { pattern: `${repository}/edit/main/:path`, text: 'Edit this page on GitHub' },
  },
  transformPageData(page) {
    if (page.filePath === 'site/index.md')
      return { title: hero.text.split('.')[0] ?? '', frontmatter: { ...page.frontmatter, hero } }
    // These are generated.
    if (page.filePath.startsWith('docs/api/')) return { frontmatter: { ...page.frontmatter, editLink: false } }
    return undefined
  },
  transformHtml: addPolicy,
  vite: {
    publicDir: getPath('../../node_modules/.cache/site'),
    // The pages of the API are large.
    build: { chunkSizeWarningLimit: 3000 },
  },
})

function toNavItem({ text, items }: Group): DefaultTheme.NavItemWithLink {
  const links = listLinks(items).filter((link) => link.startsWith('/'))
  return { text, link: links[0] ?? '/', activeMatch: `^(?:${links.join('|')})` }
}

function toSidebarItem({ text, link, items }: Entry): DefaultTheme.SidebarItem {
  if (items === undefined) return { text, ...(link === undefined ? {} : { link }) }
  const children = items.map(toSidebarItem)
  return link === undefined ? { text, items: children } : { text, link, collapsed: true, items: children }
}

/** Adds a policy by which the page loads nothing from other servers. Inline scripts are allowed by their hash. */
function addPolicy(html: string): string {
  const scripts = [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)]
  const hashes = scripts.map(([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`)
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${[...new Set(hashes)].join(' ')}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ')
  return html.replace('<meta charset="utf-8">', `$&<meta http-equiv="content-security-policy" content="${policy}">`)
}

function getPath(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
