/**
 * A folder imports only what is to its right. Folders with the same rank do not import each other. `*` is every file that
 * is directly in `src` and not listed.
 */
const folders = {
  core: [['*'], ['url'], ['token'], ['util', 'crypto'], ['errors.ts'], ['hook.ts']],
  verify: [
    ['index.ts', 'internal.ts', 'adapters', 'languages', 'wait'],
    ['create-receiver.ts'],
    ['hosts', 'receive'],
    ['response', 'uses'],
    ['request', 'verifier'],
  ],
  presentation: [['*']],
  cli: [
    ['main.ts'],
    ['commands'],
    ['mcp'],
    ['wait', 'gate'],
    ['completion', 'doctor', 'inspector', 'listen', 'mint', 'send', 'verify'],
    ['keys', 'http'],
    ['io'],
    ['package-file.ts'],
  ],
  inspector: [['main.tsx', 'debugger-page.tsx'], ['app.tsx'], ['requests', 'debugger', 'mint'], ['ui']],
}

/** The packages that each package imports. */
const packages = {
  core: [],
  verify: ['core'],
  presentation: ['core'],
  cli: ['presentation', 'verify', 'core'],
  inspector: ['presentation', 'core'],
}

// Users of core and verify install only their dependencies. The command line and the inspector page are bundled.
const installed = ['npm', 'npm-peer']
const bundled = [...installed, 'npm-dev']
const typeOnly = ['type-only']
const adapters = '^packages/verify/src/adapters/'

const storeTests = '^packages/verify/src/uses/(?:store-tests\\.ts$|contract/)'

/** @param {keyof typeof folders} name */
function listFolderRules(name) {
  const ranks = folders[name].map((rank) => rank.map((folder) => toPattern(name, folder)))
  const rules = ranks.flatMap((rank, at) =>
    rank.flatMap((from) => {
      const others = ranks
        .slice(0, at + 1)
        .flat()
        .filter((other) => other !== from)
      return others.length === 0 ? [] : [forbid('imports-to-the-right', { path: from }, { path: others })]
    }),
  )
  const source = `^packages/${name}/src/`
  const unknown = { path: source, pathNot: ranks.flat() }
  return [...rules, forbid('folder-has-a-rank', unknown, {}), forbid('folder-has-a-rank', { path: source }, unknown)]
}

/** @param {keyof typeof folders} name @param {string} folder */
function toPattern(name, folder) {
  const source = `^packages/${name}/src/`
  if (folder.includes('.')) return `${source}${folder.replace('.', '\\.')}$`
  if (folder !== '*') return `${source}${folder}/`
  const listed = folders[name].flat().filter((other) => other.includes('.'))
  return `${source}(?!${listed.join('$|')}$)[^/]+$`
}

/**
 * @param {string} name
 * @param {object} from
 * @param {object} to
 * @returns {import('dependency-cruiser').IForbiddenRuleType}
 */
function forbid(name, from, to) {
  return { name, severity: 'error', from, to }
}

const names = /** @type {(keyof typeof folders)[]} */ (Object.keys(folders))

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...names.filter((name) => folders[name].flat().length > 1).flatMap(listFolderRules),
    ...names.map((name) => {
      const allowed = [name, ...packages[name]].join('|')
      return forbid(
        'packages-point-one-way',
        { path: `^packages/${name}/` },
        { path: '^packages/', pathNot: `^packages/(?:${allowed})/` },
      )
    }),
    forbid('no-circles', {}, { circular: true }),
    // They are for the tests of users.
    forbid('store-tests-alone', { pathNot: storeTests }, { path: storeTests }),
    forbid(
      'only-exported-subpaths',
      { path: '^packages/([^/]+)/' },
      { path: '^packages/', pathNot: '^packages/$1/', dependencyTypes: ['local'] },
    ),
    forbid('resolvable', {}, { couldNotResolve: true }),
    // Everything else runs on every runtime. Adapters import types of hosts and frameworks, which need not be installed.
    forbid(
      'node-only-where-node-is',
      {
        pathNot: [
          '^packages/cli/',
          '^packages/(?:core/src/(?:crypto/engine|util/tracing)|verify/src/request/inflate)\\.node\\.ts$',
          adapters,
        ],
      },
      { dependencyTypes: ['core'] },
    ),
    forbid('node-only-where-node-is', { path: adapters }, { dependencyTypes: ['core'], dependencyTypesNot: typeOnly }),
    forbid(
      'declared-dependencies',
      { path: '^packages/(?:core|verify)/', pathNot: adapters },
      { path: 'node_modules/', dependencyTypesNot: installed },
    ),
    forbid(
      'declared-dependencies',
      { path: adapters },
      { path: 'node_modules/', dependencyTypesNot: [...installed, ...typeOnly] },
    ),
    forbid('declared-dependencies', { pathNot: adapters }, { path: 'node_modules/', dependencyTypesNot: bundled }),
  ],
  options: {
    // Types too.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      conditionNames: ['@hookurl/source', 'node', 'import', 'default'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.tsx', '.js'],
    },
  },
}
