import type { PageLanguage } from '../response/page-language.ts'

/** The copy of the pages in Dutch. */
export const nl: PageLanguage = {
  confirm: {
    title: 'Wilt u dit bevestigen?',
    text: 'Er wordt niets uitgevoerd totdat u op de knop klikt.',
    choices: 'Er wordt niets uitgevoerd totdat u een keuze maakt.',
    redirect: 'Daarna gaat u naar {host}.',
    button: 'Bevestigen',
  },
  done: { title: 'Voltooid', text: 'U kunt deze pagina sluiten.' },
  accepted: { title: 'Uw verzoek wordt verwerkt', text: 'U kunt deze pagina sluiten.' },
  preview: { title: 'Deze link openen' },
  expired: { title: 'Deze link is verlopen', text: 'Vraag een nieuwe link aan.' },
  notYetValid: { title: 'Deze link is nog niet geldig', text: 'Open de link later opnieuw.' },
  alreadyUsed: {
    title: 'Deze link is al gebruikt',
    text: 'U kunt de link niet opnieuw gebruiken. Vraag een nieuwe link aan.',
    usedAt: 'De link is op {time} gebruikt en kan niet opnieuw worden gebruikt.',
  },
  inProgress: { title: 'Deze link wordt verwerkt', text: 'Kijk over enkele seconden opnieuw.' },
  denied: { title: 'Deze link wordt niet meer geaccepteerd', text: 'Vraag een nieuwe link aan.' },
  stateChanged: { title: 'Deze link werkt niet meer', text: 'De link is al gebruikt of is niet meer nodig.' },
  signIn: {
    title: 'Log in om deze link te gebruiken',
    text: 'Er is niets uitgevoerd. Log in en open de link daarna opnieuw.',
  },
  wrongUser: {
    title: 'Deze link is voor iemand anders bestemd',
    text: 'Log in met het account waarnaar de link is gestuurd.',
  },
  unavailable: {
    title: 'Deze link kan nu niet worden gebruikt',
    text: 'Er is niets uitgevoerd. Probeer het over enkele ogenblikken opnieuw.',
  },
  failed: { title: 'Er is iets misgegaan', text: 'Mogelijk is uw verzoek niet voltooid. Probeer het later opnieuw.' },
  invalidRequest: {
    title: 'Uw verzoek kon niet worden voltooid',
    text: 'Er is niets uitgevoerd. Ga terug, controleer uw invoer en probeer het opnieuw.',
  },
  invalidLink: {
    title: 'Deze link werkt niet',
    text: 'De link is mogelijk onvolledig of bedoeld voor een andere website. Kopieer de volledige link opnieuw of vraag een nieuwe aan.',
  },
  footer: { help: 'Hebt u hulp nodig?', reference: 'Ref.: {code}' },
}
