import { parseKeys } from '@hookurl/core'
import type { MintRequest } from '@hookurl/presentation/protocol'
import type { InsecureOption, Settings } from '../../src/keys/load.ts'
import { testKeys } from './run.ts'

/** Returns the fields of the mint form. */
export function createMintRequest(fields: Partial<MintRequest> = {}): MintRequest {
  return {
    command: '/a',
    userId: '',
    content: '',
    contentIsJson: false,
    redirectTo: '',
    expiresIn: '1d',
    maxUses: '',
    allowGet: false,
    requireSignature: false,
    requireUser: false,
    encrypt: false,
    baseUrl: 'https://bot.example.com/hooks',
    ...fields,
  }
}

/** Returns the settings of `listen` with the test keys. */
export function createSettings(insecure: InsecureOption = {}): Settings {
  return {
    keys: testKeys,
    parsedKeys: parseKeys(testKeys),
    isDevelopment: false,
    keySource: 'HOOKURL_KEYS',
    path: undefined,
    purpose: '',
    baseUrl: undefined,
    insecure,
  }
}
