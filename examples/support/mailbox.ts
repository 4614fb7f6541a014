// An SMTP server on this machine that receives and keeps the examples' email.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'

export interface Mailbox {
  /** The address to send to, such as `smtp://127.0.0.1:2525`. */
  readonly url: string
  readonly mails: readonly ParsedMail[]
  close(): Promise<void>
}

export interface MailboxOptions {
  /** The port; by default a free one. */
  readonly port?: number
  onMail?(mail: ParsedMail): void
}

export async function openMailbox({ port = 0, onMail }: MailboxOptions = {}): Promise<Mailbox> {
  const mails: ParsedMail[] = []
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData: (stream, _session, done) => {
      simpleParser(stream).then((mail) => {
        mails.push(mail)
        onMail?.(mail)
        done()
      }, done)
    },
  })
  const listening = server.listen(port, '127.0.0.1')
  await once(listening, 'listening')
  return {
    url: `smtp://127.0.0.1:${(listening.address() as AddressInfo).port}`,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
