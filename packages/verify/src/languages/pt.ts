import type { PageLanguage } from '../response/page-language.ts'

/** The copy of the pages in Portuguese. Its wording is common to Brazil and Portugal. */
export const pt: PageLanguage = {
  confirm: {
    title: 'Por favor, confirme',
    text: 'Nenhuma operação será realizada até clicar no botão.',
    choices: 'Nenhuma operação será realizada até escolher uma opção.',
    redirect: 'Em seguida, será aberto o site {host}.',
    button: 'Confirmar',
  },
  done: { title: 'Operação concluída', text: 'Já pode fechar esta página.' },
  accepted: { title: 'O seu pedido está em processamento', text: 'Já pode fechar esta página.' },
  preview: { title: 'Abrir este link' },
  expired: { title: 'Este link expirou', text: 'Solicite um novo link.' },
  notYetValid: { title: 'Este link ainda não é válido', text: 'Abra-o novamente mais tarde.' },
  alreadyUsed: {
    title: 'Este link já foi utilizado',
    text: 'Não pode ser utilizado novamente. Solicite um novo link.',
    usedAt: 'Foi utilizado em {time} e não pode ser utilizado novamente.',
  },
  inProgress: { title: 'Este link está em processamento', text: 'Verifique novamente dentro de alguns segundos.' },
  denied: { title: 'Este link deixou de estar disponível', text: 'Solicite um novo link.' },
  stateChanged: { title: 'Este link deixou de ser válido', text: 'Já foi utilizado ou deixou de ser necessário.' },
  signIn: {
    title: 'Entre na sua conta para utilizar este link',
    text: 'Nenhuma operação foi realizada. Entre na sua conta e abra o link novamente.',
  },
  wrongUser: { title: 'Este link destina-se a outra pessoa', text: 'Entre com a conta para a qual foi enviado.' },
  unavailable: {
    title: 'Este link não está disponível neste momento',
    text: 'Nenhuma operação foi realizada. Tente novamente dentro de instantes.',
  },
  failed: {
    title: 'Ocorreu um erro',
    text: 'É possível que o seu pedido não tenha sido concluído. Tente novamente mais tarde.',
  },
  invalidRequest: {
    title: 'Não foi possível concluir o seu pedido',
    text: 'Nenhuma operação foi realizada. Volte à página anterior, verifique os dados inseridos e tente novamente.',
  },
  invalidLink: {
    title: 'Este link não funciona',
    text: 'Pode estar incompleto ou destinar-se a outro site. Copie novamente o link completo ou solicite um novo.',
  },
  footer: { help: 'Precisa de ajuda?', reference: 'Ref.: {code}' },
}
