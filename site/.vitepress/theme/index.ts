import { Content, type Theme } from 'vitepress'
import theme, { VPHomeContent, VPHomeHero } from 'vitepress/theme-without-fonts'
import { type FunctionalComponent, h } from 'vue'
import './style.css'

// The theme's own home page and its page for missing pages have no `main`.
const HomePage: FunctionalComponent = () =>
  h('main', { class: 'home' }, [h(VPHomeHero), h(VPHomeContent, null, () => h(Content))])

const NotFound: FunctionalComponent = () =>
  h('main', { class: 'not-found' }, [h('h1', 'Page not found'), h('p', 'Search for it, or choose a page in the menu.')])

const Layout: FunctionalComponent = () => h(theme.Layout, null, { 'not-found': () => h(NotFound) })

export default {
  extends: theme,
  Layout,
  enhanceApp: ({ app }) => {
    app.component('HomePage', HomePage)
  },
} satisfies Theme
