/** Which way the imports of a package point. */
export interface PackageOrder {
  readonly folder: string
  /** The packages of this workspace that it may import, through the subpaths that they export. */
  readonly siblings: readonly string[]
  /** Files that may import `node:` modules: the others run on every runtime. */
  readonly node: readonly string[]
  /**
   * The files of `src`, without extension, top to bottom: each imports only what stands below it. `folder/*` stands for
   * files of one kind, which do not import each other.
   */
  readonly files: readonly string[]
}

export const order: Readonly<Record<string, PackageOrder>> = {
  '@hookurl/core': {
    folder: 'packages/core',
    siblings: [],
    node: ['engine.node'],
    files: [
      'index',
      'webhooks',
      'internal',
      'mint',
      'inspect',
      'damage',
      'plain',
      'redact',
      'commands',
      'url',
      'find',
      'token',
      'seal',
      'keyring',
      'claims',
      'redirect',
      'header',
      'engine.node',
      'engine.web',
      'distance',
      'duration',
      'options',
      'base64url',
      'compare',
      'text',
      'remember',
      'result',
      'errors',
      'hook',
    ],
  },
  '@hookurl/verify': {
    folder: 'packages/verify',
    siblings: ['@hookurl/core'],
    node: [],
    files: [
      'index',
      'adapters/express',
      'adapters/fastify',
      'adapters/hono',
      'adapters/koa',
      'adapters/lambda',
      'adapters/next',
      'adapters/node',
      'adapters/fetch',
      'stores/lmdb',
      'stores/memory',
      'stores/redis',
      'stores/redis-scripts',
      'stores/record',
      'create-receiver',
      'shells/node',
      'shells/lambda',
      'shells/node-body',
      'shells/fetch',
      'shells/text',
      'shells/headers',
      'receiver',
      'admit',
      'run',
      'turn',
      'uses',
      'settings',
      'handler-hook',
      'delivery',
      'handshakes',
      'previews',
      'own-pages',
      'cors',
      'answer',
      'pages',
      'types',
      'use-settings',
      'stores/store',
      'payload',
      'multipart',
      'json',
      'negotiate',
      'exchange',
      'verifier',
      'policy',
    ],
  },
  hookurl: {
    folder: 'packages/cli',
    siblings: ['@hookurl/core', '@hookurl/verify'],
    node: ['*'],
    files: [
      'main',
      'commands/*',
      'completion/bash',
      'completion/zsh',
      'completion/fish',
      'completion/nodes',
      'checks',
      'probe',
      'batch/mint-rows',
      'batch/progress',
      'batch/source',
      'batch/csv',
      'batch/ndjson',
      'batch/columns',
      'batch/table',
      'rotation',
      'keyring-file',
      'qr',
      'whole-file',
      'mint-flags',
      'inspector/index',
      'inspector/routes',
      'inspector/replay',
      'inspector/ask',
      'inspector/gate',
      'inspector/files',
      'inspector/store',
      'inspector/tape',
      'inspector/protocol',
      'sending',
      'samples',
      'delivery-flags',
      'forward',
      'exec',
      'delivery',
      'turns',
      'use-store',
      'http-call',
      'serve',
      'arrival',
      'key-sources',
      'development-key',
      'input',
      'anatomy',
      'describe',
      'flags',
      'output',
      'report',
      'moments',
      'package-file',
      'escape',
    ],
  },
}

/** What `imports` in core's package.json resolves: either file, by runtime. */
export const innerAliases: Readonly<Record<string, readonly string[]>> = { '#engine': ['engine.node', 'engine.web'] }

/** The one function that compares a signature, and every place that calls it. */
export const comparison: { readonly name: string; readonly definedIn: string; readonly calledIn: readonly string[] } = {
  name: 'constantTimeEqual',
  definedIn: 'packages/core/src/crypto/constant-time-equal.ts',
  calledIn: ['packages/core/src/token/token.ts'],
}

/** Comparisons that look like one of a signature and are none, as `file: what is written`. */
export const harmlessComparisons: readonly string[] = [
  // Two tokens in one URL: both are the caller's, and neither is a secret.
  'packages/core/src/url/locate-token.ts: one.signature === other.signature',
  // While a keyring is read: its own keys among themselves, and the prefix that every key has.
  'packages/core/src/token/keyring.ts: secrets.has(secret)',
  'packages/core/src/token/keyring.ts: secret.startsWith(prefix)',
  // The secret of one run of the inspector, not a signature: digests of both, compared in constant time.
  'packages/cli/src/inspector/auth.ts: timingSafeEqual(digest(given), digest(secret))',
]
