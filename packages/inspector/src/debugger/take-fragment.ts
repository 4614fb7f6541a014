/**
 * Removes the fragment of the page's URL without reading it, and returns whether there was one. A link with a token would
 * be kept in the history of the browser, which may be synchronized to other machines.
 */
export function takeFragment(): boolean {
  const [address = '', fragment = ''] = location.href.split('#')
  if (fragment === '') return false
  history.replaceState(null, '', address)
  return true
}
