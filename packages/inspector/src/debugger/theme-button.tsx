import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'

/** Where the site, which has the same origin, stores its theme: `dark`, `light` or `auto`. */
const storageKey = 'vitepress-theme-appearance'
const darkQuery = '(prefers-color-scheme: dark)'

/** Switches between the light and the dark theme, for the site too. */
export function ThemeButton(): JSX.Element {
  const [isDark, setIsDark] = useState(readIsDark)
  useEffect(() => {
    document.documentElement.style.colorScheme = isDark ? 'dark' : 'light'
  }, [isDark])
  useEffect(() => {
    const system = matchMedia(darkQuery)
    const update = (): void => setIsDark(readIsDark())
    system.addEventListener('change', update)
    return () => system.removeEventListener('change', update)
  }, [])
  const toggle = (): void => {
    store(isDark ? 'light' : 'dark')
    setIsDark(!isDark)
  }
  return (
    <button type="button" class="quiet" aria-pressed={isDark} onClick={toggle}>
      Dark theme
    </button>
  )
}

function readIsDark(): boolean {
  const stored = readStored()
  return stored === 'dark' || stored === 'light' ? stored === 'dark' : matchMedia(darkQuery).matches
}

// Browsers may deny storage, for example to a page that is opened from a file.
function readStored(): string | null {
  try {
    return localStorage.getItem(storageKey)
  } catch {
    return null
  }
}

function store(theme: 'dark' | 'light'): void {
  try {
    localStorage.setItem(storageKey, theme)
  } catch {
    // The theme applies to this visit only.
  }
}
