import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/** @param {string} folder */
function listEntryPoints(folder) {
  const { exports } = createRequire(import.meta.url)(`../../packages/${folder}/package.json`)
  return Object.entries(exports)
    .filter(([subpath]) => subpath !== './internal' && subpath !== './package.json')
    .map(([, target]) => resolve(`packages/${folder}/${target['@hookurl/source']}`))
}

/** @param {string} path */
function resolve(path) {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url))
}

/**
 * @type {Partial<import('typedoc').TypeDocOptions> & Partial<import('typedoc-plugin-markdown').PluginOptions> & {
 *   placeInternalsInOwningModule: boolean
 * }}
 */
export default {
  // Core first, which declares what verify exports again. Then the longest names first: the router would rename
  // verify/next.md after a parameter of the same name.
  entryPoints: [...listEntryPoints('core').reverse(), ...listEntryPoints('verify').reverse()],
  sortEntryPoints: false,
  tsconfig: resolve('tools/api/tsconfig.json'),
  plugin: ['typedoc-plugin-markdown', 'typedoc-plugin-missing-exports', resolve('tools/api/plugin.js')],
  readme: 'none',
  logLevel: 'Warn',
  disableSources: true,
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  // tsc checks the sources; TypeScript 6 only reads them.
  skipErrorChecking: true,
  placeInternalsInOwningModule: true,
  outputFileStrategy: 'modules',
  groupOrder: ['Functions', 'Classes', 'Variables', 'Interfaces', 'Type Aliases'],
  validation: { notExported: false, invalidLink: true },
  treatValidationWarningsAsErrors: true,
  hideBreadcrumbs: true,
  hidePageHeader: true,
  useCodeBlocks: true,
  expandObjects: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  propertyMembersFormat: 'table',
}
