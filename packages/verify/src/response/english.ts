import type { PageLanguage } from './page-language.ts'

const close = 'You can close this page.'
const newLink = 'Ask for a new one.'

/** The copy of the pages in English, which every receiver has. */
export const en: PageLanguage = {
  confirm: {
    title: 'Please confirm',
    text: 'Nothing happens until you press the button.',
    choices: 'Nothing happens until you choose.',
    redirect: 'You will then be taken to {host}.',
    button: 'Confirm',
  },
  done: { title: 'Done', text: close },
  accepted: { title: 'Your request is being processed', text: close },
  preview: { title: 'Open this link' },
  expired: { title: 'This link has expired', text: newLink },
  notYetValid: { title: 'This link is not valid yet', text: 'Open it again later.' },
  alreadyUsed: {
    title: 'This link was already used',
    text: `It cannot be used again. ${newLink}`,
    usedAt: 'It was used on {time} and cannot be used again.',
  },
  inProgress: { title: 'This link is being processed', text: 'Check again in a few seconds.' },
  denied: { title: 'This link is no longer accepted', text: newLink },
  stateChanged: { title: 'This link no longer works', text: 'It was already used or is no longer needed.' },
  signIn: { title: 'Sign in to use this link', text: 'Nothing was done. Sign in, then open the link again.' },
  wrongUser: { title: 'This link is for someone else', text: 'Sign in with the account that it was sent to.' },
  unavailable: { title: 'This link cannot be used right now', text: 'Nothing was done. Try again in a moment.' },
  failed: {
    title: 'Something went wrong',
    text: 'Your request may not have been completed. Try again later.',
  },
  invalidRequest: {
    title: 'This request could not be completed',
    text: 'Nothing was done. Go back, check what you entered, and try again.',
  },
  invalidLink: {
    title: 'This link does not work',
    text: `It may be incomplete or meant for another site. Copy the complete link again, or ask for a new one.`,
  },
  footer: { help: 'Need help?', reference: 'Ref: {code}' },
}
