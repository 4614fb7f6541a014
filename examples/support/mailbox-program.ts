// `npm run mailbox` of the examples that send email: prints what arrives.
import { openMailbox } from './mailbox.ts'

const { url } = await openMailbox({
  port: 2525,
  onMail: ({ headerLines, text }) => {
    const shown = headerLines.filter(({ key }) => ['from', 'to', 'subject'].includes(key) || key.startsWith('list-'))
    console.log(`\n${shown.map(({ line }) => line).join('\n')}\n\n${text ?? ''}`)
  },
})
console.log(`mailbox on ${url}`)
