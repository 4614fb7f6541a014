import type { PageLanguage } from '../response/page-language.ts'

/** The copy of the pages in French. */
export const fr: PageLanguage = {
  confirm: {
    title: 'Veuillez confirmer',
    text: 'Aucune opération n’est effectuée tant que vous n’avez pas appuyé sur le bouton.',
    choices: 'Aucune opération n’est effectuée tant que vous n’avez pas choisi une option.',
    redirect: 'Vous accéderez ensuite à {host}.',
    button: 'Confirmer',
  },
  done: { title: 'Opération effectuée', text: 'Vous pouvez fermer cette page.' },
  accepted: { title: 'Votre demande est en cours de traitement', text: 'Vous pouvez fermer cette page.' },
  preview: { title: 'Ouvrir ce lien' },
  expired: { title: 'Ce lien a expiré', text: 'Veuillez demander un nouveau lien.' },
  notYetValid: { title: 'Ce lien n’est pas encore valide', text: 'Veuillez l’ouvrir de nouveau ultérieurement.' },
  alreadyUsed: {
    title: 'Ce lien a déjà été utilisé',
    text: 'Il ne peut plus être utilisé. Veuillez demander un nouveau lien.',
    usedAt: 'Il a été utilisé le {time} et ne peut plus l’être.',
  },
  inProgress: {
    title: 'Ce lien est en cours de traitement',
    text: 'Veuillez vérifier de nouveau dans quelques secondes.',
  },
  denied: { title: 'Ce lien n’est plus accepté', text: 'Veuillez demander un nouveau lien.' },
  stateChanged: { title: 'Ce lien n’est plus valable', text: 'Il a déjà été utilisé ou n’est plus nécessaire.' },
  signIn: {
    title: 'Veuillez vous connecter pour utiliser ce lien',
    text: 'Aucune opération n’a été effectuée. Veuillez vous connecter, puis ouvrir de nouveau le lien.',
  },
  wrongUser: {
    title: 'Ce lien est destiné à une autre personne',
    text: 'Veuillez vous connecter avec le compte auquel il a été envoyé.',
  },
  unavailable: {
    title: 'Ce lien est momentanément indisponible',
    text: 'Aucune opération n’a été effectuée. Veuillez réessayer dans quelques instants.',
  },
  failed: {
    title: 'Une erreur est survenue',
    text: 'Votre demande n’a peut-être pas abouti. Veuillez réessayer ultérieurement.',
  },
  invalidRequest: {
    title: 'Votre demande n’a pas pu aboutir',
    text: 'Aucune opération n’a été effectuée. Veuillez revenir en arrière, vérifier votre saisie, puis réessayer.',
  },
  invalidLink: {
    title: 'Ce lien ne fonctionne pas',
    text: 'Il est peut-être incomplet ou destiné à un autre site. Veuillez copier de nouveau le lien complet ou en demander un nouveau.',
  },
  footer: { help: 'Besoin d’aide\u202f?', reference: 'Réf.\u00a0: {code}' },
}
