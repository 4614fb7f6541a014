import { contest } from './against-peers.ts'
import { createOurs } from './ours.ts'
import { createPeers } from './peers.ts'
import type { Row } from './row.ts'

/** Verifying a good token, against a bare HMAC and against JWT libraries. */
export async function run(): Promise<readonly Row[]> {
  const { verifier, token, floor } = createOurs()
  return contest({
    work: 'verify a good token',
    ours: () => verifier.verifySync(token),
    floor,
    atMost: 1.9,
    peers: await createPeers(),
    callOf: ({ verify }) => verify,
  })
}
