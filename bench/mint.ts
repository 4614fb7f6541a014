import { contest } from './against-peers.ts'
import { hook } from './claims.ts'
import { createOurs } from './ours.ts'
import { createPeers } from './peers.ts'
import type { Row } from './row.ts'

/** Minting the README's URL, against a bare HMAC and against JWT libraries, which mint a token without a URL. */
export async function run(): Promise<readonly Row[]> {
  const { minter, floor } = createOurs()
  return contest({
    work: 'mint',
    ours: () => minter.mintSync(hook),
    floor,
    atMost: 1.7,
    peers: await createPeers(),
    callOf: ({ mint }) => mint,
  })
}
