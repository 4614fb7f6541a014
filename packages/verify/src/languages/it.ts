import type { PageLanguage } from '../response/page-language.ts'

/** The copy of the pages in Italian. */
export const it: PageLanguage = {
  confirm: {
    title: 'Confermi l’operazione',
    text: 'Nessuna operazione verrà eseguita finché non preme il pulsante.',
    choices: 'Nessuna operazione verrà eseguita finché non sceglie un’opzione.',
    redirect: 'In seguito si aprirà il sito {host}.',
    button: 'Conferma',
  },
  done: { title: 'Operazione completata', text: 'Può chiudere questa pagina.' },
  accepted: { title: 'La Sua richiesta è in fase di elaborazione', text: 'Può chiudere questa pagina.' },
  preview: { title: 'Apri questo link' },
  expired: { title: 'Questo link è scaduto', text: 'Richieda un nuovo link.' },
  notYetValid: { title: 'Questo link non è ancora valido', text: 'Lo apra di nuovo più tardi.' },
  alreadyUsed: {
    title: 'Questo link è già stato utilizzato',
    text: 'Non può essere utilizzato di nuovo. Richieda un nuovo link.',
    usedAt: 'È stato utilizzato il {time} e non può essere utilizzato di nuovo.',
  },
  inProgress: { title: 'Questo link è in fase di elaborazione', text: 'Verifichi di nuovo tra qualche secondo.' },
  denied: { title: 'Questo link non è più accettato', text: 'Richieda un nuovo link.' },
  stateChanged: { title: 'Questo link non è più valido', text: 'È già stato utilizzato o non è più necessario.' },
  signIn: {
    title: 'Acceda per utilizzare questo link',
    text: 'Non è stata eseguita alcuna operazione. Effettui l’accesso e apra di nuovo il link.',
  },
  wrongUser: {
    title: 'Questo link è destinato a un’altra persona',
    text: 'Acceda con l’account a cui è stato inviato.',
  },
  unavailable: {
    title: 'Questo link non è al momento disponibile',
    text: 'Non è stata eseguita alcuna operazione. Riprovi tra qualche istante.',
  },
  failed: {
    title: 'Si è verificato un errore',
    text: 'È possibile che la Sua richiesta non sia stata completata. Riprovi più tardi.',
  },
  invalidRequest: {
    title: 'Non è stato possibile completare la Sua richiesta',
    text: 'Non è stata eseguita alcuna operazione. Torni indietro, verifichi i dati inseriti e riprovi.',
  },
  invalidLink: {
    title: 'Questo link non funziona',
    text: 'Potrebbe essere incompleto o destinato a un altro sito. Copi di nuovo il link completo o ne richieda uno nuovo.',
  },
  footer: { help: 'Ha bisogno di aiuto?', reference: 'Rif.: {code}' },
}
