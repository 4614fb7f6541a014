import type { PageLanguage } from '../response/page-language.ts'

/** The copy of the pages in German. */
export const de: PageLanguage = {
  confirm: {
    title: 'Bitte bestätigen Sie',
    text: 'Es wird nichts ausgeführt, bis Sie auf die Schaltfläche klicken.',
    choices: 'Es wird nichts ausgeführt, bis Sie eine Option wählen.',
    redirect: 'Anschließend werden Sie zu {host} weitergeleitet.',
    button: 'Bestätigen',
  },
  done: { title: 'Erledigt', text: 'Sie können diese Seite schließen.' },
  accepted: { title: 'Ihre Anfrage wird bearbeitet', text: 'Sie können diese Seite schließen.' },
  preview: { title: 'Link öffnen' },
  expired: { title: 'Dieser Link ist abgelaufen', text: 'Bitte fordern Sie einen neuen Link an.' },
  notYetValid: { title: 'Dieser Link ist noch nicht gültig', text: 'Bitte öffnen Sie ihn später erneut.' },
  alreadyUsed: {
    title: 'Dieser Link wurde bereits verwendet',
    text: 'Er kann nicht erneut verwendet werden. Bitte fordern Sie einen neuen Link an.',
    usedAt: 'Er wurde am {time} verwendet und kann nicht erneut verwendet werden.',
  },
  inProgress: {
    title: 'Dieser Link wird gerade verarbeitet',
    text: 'Bitte prüfen Sie den Stand in einigen Sekunden erneut.',
  },
  denied: { title: 'Dieser Link wird nicht mehr akzeptiert', text: 'Bitte fordern Sie einen neuen Link an.' },
  stateChanged: {
    title: 'Dieser Link ist nicht mehr gültig',
    text: 'Er wurde bereits verwendet oder wird nicht mehr benötigt.',
  },
  signIn: {
    title: 'Bitte melden Sie sich an, um diesen Link zu verwenden',
    text: 'Es wurde nichts ausgeführt. Bitte melden Sie sich an, und öffnen Sie den Link danach erneut.',
  },
  wrongUser: {
    title: 'Dieser Link ist für eine andere Person bestimmt',
    text: 'Bitte melden Sie sich mit dem Konto an, an das er gesendet wurde.',
  },
  unavailable: {
    title: 'Dieser Link kann derzeit nicht verwendet werden',
    text: 'Es wurde nichts ausgeführt. Bitte versuchen Sie es in Kürze erneut.',
  },
  failed: {
    title: 'Es ist ein Fehler aufgetreten',
    text: 'Möglicherweise wurde Ihre Anfrage nicht vollständig ausgeführt. Bitte versuchen Sie es später erneut.',
  },
  invalidRequest: {
    title: 'Ihre Anfrage konnte nicht ausgeführt werden',
    text: 'Es wurde nichts ausgeführt. Bitte gehen Sie zurück, prüfen Sie Ihre Eingaben, und versuchen Sie es erneut.',
  },
  invalidLink: {
    title: 'Dieser Link funktioniert nicht',
    text: 'Er ist möglicherweise unvollständig oder für eine andere Website bestimmt. Bitte kopieren Sie den vollständigen Link erneut, oder fordern Sie einen neuen an.',
  },
  footer: { help: 'Benötigen Sie Hilfe?', reference: 'Ref.: {code}' },
}
