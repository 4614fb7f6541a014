import { createMinter } from '@hookurl/core'
import { createTransport } from 'nodemailer'
import { listSubscribers } from './subscribers.ts'

const { HOOKURL_KEYS: keys = '', DKIM_KEY, PORT = '8787', SMTP_URL = 'smtp://localhost:2525' } = process.env
/** The public origin of this program. Mail providers show an unsubscribe button for https only. */
const origin = process.env.ORIGIN ?? `http://localhost:${PORT}`

// Laws require links that work for weeks, and users open old email.
const minter = createMinter({ keys, baseUrl: `${origin}/unsubscribe`, expiresIn: '365d' })
const mail = createTransport(SMTP_URL, { from: 'Cat Weekly <cats@example.com>' })

// Providers require both headers to be signed (RFC 8058, section 4); nodemailer's default list has only the first one.
const headerFieldNames =
  'From:To:Subject:Date:Message-ID:MIME-Version:Content-Type:List-Unsubscribe:List-Unsubscribe-Post'
const dkim =
  DKIM_KEY === undefined
    ? undefined
    : { domainName: 'example.com', keySelector: 'mail', privateKey: DKIM_KEY, headerFieldNames }

/** Sends an issue to all subscribers, each with a personal link. */
export async function sendIssue(issue: { subject: string; text: string }): Promise<void> {
  for (const [id, to] of listSubscribers()) {
    // The id, not the address, since anyone with the link can read it.
    const url = minter.mintSync({ command: '/unsubscribe', userId: id, redirectTo: `${origin}/goodbye` })
    await mail.sendMail({
      to,
      subject: issue.subject,
      text: `${issue.text}\n\nNo more cats: ${url}\n`,
      // They require https.
      headers: origin.startsWith('https:') ? { ...minter.mailHeadersSync(url) } : {},
      dkim,
    })
  }
}
