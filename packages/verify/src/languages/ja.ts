import type { PageLanguage } from '../response/page-language.ts'

/** The copy of the pages in Japanese. */
export const ja: PageLanguage = {
  confirm: {
    title: 'ご確認ください',
    text: 'ボタンを押すまで、何も実行されません。',
    choices: 'いずれかのボタンを押すまで、何も実行されません。',
    redirect: 'その後、{host} に移動します。',
    button: '確定する',
  },
  done: { title: '完了しました', text: 'このページを閉じていただいて構いません。' },
  accepted: { title: 'ただいま処理しています', text: 'このページを閉じていただいて構いません。' },
  preview: { title: 'リンクを開く' },
  expired: { title: 'このリンクは有効期限が切れています', text: '新しいリンクの発行をご依頼ください。' },
  notYetValid: { title: 'このリンクはまだ有効ではありません', text: '後ほど、もう一度開いてください。' },
  alreadyUsed: {
    title: 'このリンクはすでに使用されています',
    text: '再度使用することはできません。新しいリンクの発行をご依頼ください。',
    usedAt: '{time} に使用されたため、再度使用することはできません。',
  },
  inProgress: { title: 'このリンクは現在処理中です', text: '数秒後にもう一度お確かめください。' },
  denied: { title: 'このリンクは受け付けできなくなりました', text: '新しいリンクの発行をご依頼ください。' },
  stateChanged: { title: 'このリンクは使用できなくなりました', text: 'すでに使用されたか、不要になったリンクです。' },
  signIn: {
    title: 'このリンクを使用するにはログインしてください',
    text: '処理は行われていません。ログインしてから、もう一度リンクを開いてください。',
  },
  wrongUser: { title: 'このリンクは別の方宛てです', text: 'リンクを受け取ったアカウントでログインしてください。' },
  unavailable: {
    title: '現在、このリンクは使用できません',
    text: '処理は行われていません。しばらくしてから、もう一度お試しください。',
  },
  failed: {
    title: 'エラーが発生しました',
    text: '処理が完了していない可能性があります。しばらくしてから、もう一度お試しください。',
  },
  invalidRequest: {
    title: '処理を完了できませんでした',
    text: '処理は行われていません。前のページに戻り、入力内容をご確認のうえ、もう一度お試しください。',
  },
  invalidLink: {
    title: 'このリンクは無効です',
    text: 'リンクが不完全であるか、別のサイト用の可能性があります。リンク全体をもう一度コピーするか、新しいリンクの発行をご依頼ください。',
  },
  footer: { help: 'お困りの場合はこちら：', reference: '参照コード：{code}' },
}
