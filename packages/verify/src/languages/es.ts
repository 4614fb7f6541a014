import type { PageLanguage } from '../response/page-language.ts'

/** The copy of the pages in Spanish. */
export const es: PageLanguage = {
  confirm: {
    title: 'Por favor, confirme',
    text: 'No se realizará ninguna operación hasta que pulse el botón.',
    choices: 'No se realizará ninguna operación hasta que elija una opción.',
    redirect: 'A continuación accederá a {host}.',
    button: 'Confirmar',
  },
  done: { title: 'Operación realizada', text: 'Puede cerrar esta página.' },
  accepted: { title: 'Estamos procesando su solicitud', text: 'Puede cerrar esta página.' },
  preview: { title: 'Abrir este enlace' },
  expired: { title: 'Este enlace ha caducado', text: 'Solicite un enlace nuevo.' },
  notYetValid: { title: 'Este enlace todavía no es válido', text: 'Vuelva a abrirlo más tarde.' },
  alreadyUsed: {
    title: 'Este enlace ya se ha utilizado',
    text: 'No se puede volver a utilizar. Solicite un enlace nuevo.',
    usedAt: 'Se utilizó el {time} y no se puede volver a utilizar.',
  },
  inProgress: { title: 'Este enlace se está procesando', text: 'Vuelva a comprobarlo en unos segundos.' },
  denied: { title: 'Este enlace ya no se acepta', text: 'Solicite un enlace nuevo.' },
  stateChanged: { title: 'Este enlace ya no es válido', text: 'Ya se ha utilizado o ya no es necesario.' },
  signIn: {
    title: 'Inicie sesión para utilizar este enlace',
    text: 'No se ha realizado ninguna operación. Inicie sesión y vuelva a abrir el enlace.',
  },
  wrongUser: { title: 'Este enlace es para otra persona', text: 'Inicie sesión con la cuenta a la que se envió.' },
  unavailable: {
    title: 'Este enlace no está disponible en este momento',
    text: 'No se ha realizado ninguna operación. Inténtelo de nuevo en unos instantes.',
  },
  failed: {
    title: 'Se ha producido un error',
    text: 'Es posible que su solicitud no se haya completado. Inténtelo de nuevo más tarde.',
  },
  invalidRequest: {
    title: 'No se ha podido completar su solicitud',
    text: 'No se ha realizado ninguna operación. Vuelva atrás, revise los datos introducidos e inténtelo de nuevo.',
  },
  invalidLink: {
    title: 'Este enlace no funciona',
    text: 'Puede que esté incompleto o que sea para otro sitio web. Vuelva a copiar el enlace completo o solicite uno nuevo.',
  },
  footer: { help: '¿Necesita ayuda?', reference: 'Ref.: {code}' },
}
