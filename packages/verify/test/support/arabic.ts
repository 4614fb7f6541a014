import type { PageLanguage } from '@hookurl/verify'

const close = 'يمكنك إغلاق هذه الصفحة.'
const newLink = 'يُرجى طلب رابط جديد.'
const nothing = 'لم يتم تنفيذ أي إجراء.'

/** A language that `@hookurl/verify/languages` does not have, and that is written from right to left. */
export const arabic: PageLanguage = {
  confirm: {
    title: 'يُرجى التأكيد',
    text: `${nothing} اضغط على الزر للمتابعة.`,
    choices: `${nothing} يُرجى اختيار أحد الخيارات.`,
    redirect: 'سيتم نقلك بعد ذلك إلى {host}.',
    button: 'تأكيد',
  },
  done: { title: 'تم بنجاح', text: close },
  accepted: { title: 'جارٍ معالجة طلبك', text: close },
  preview: { title: 'فتح الرابط' },
  expired: { title: 'انتهت صلاحية هذا الرابط', text: newLink },
  notYetValid: { title: 'هذا الرابط غير صالح بعد', text: 'يُرجى فتحه لاحقًا.' },
  alreadyUsed: {
    title: 'سبق استخدام هذا الرابط',
    text: `لا يمكن استخدامه مرة أخرى. ${newLink}`,
    usedAt: 'تم استخدامه في {time} ولا يمكن استخدامه مرة أخرى.',
  },
  inProgress: { title: 'جارٍ معالجة هذا الرابط', text: 'يُرجى التحقق مرة أخرى بعد بضع ثوانٍ.' },
  denied: { title: 'لم يعد هذا الرابط مقبولًا', text: newLink },
  stateChanged: { title: 'لم يعد هذا الرابط صالحًا', text: 'سبق استخدامه أو لم تعد هناك حاجة إليه.' },
  signIn: { title: 'سجّل الدخول لاستخدام هذا الرابط', text: `${nothing} سجّل الدخول ثم افتح الرابط مرة أخرى.` },
  wrongUser: { title: 'هذا الرابط مخصص لشخص آخر', text: 'سجّل الدخول بالحساب الذي أُرسل إليه.' },
  unavailable: { title: 'لا يمكن استخدام هذا الرابط حاليًا', text: `${nothing} حاول مرة أخرى بعد قليل.` },
  failed: { title: 'حدث خطأ ما', text: 'ربما لم يكتمل طلبك. حاول مرة أخرى لاحقًا.' },
  invalidRequest: {
    title: 'تعذّر إكمال طلبك',
    text: `${nothing} ارجع إلى الصفحة السابقة وتحقق من البيانات ثم حاول مرة أخرى.`,
  },
  invalidLink: {
    title: 'هذا الرابط لا يعمل',
    text: 'قد يكون الرابط غير مكتمل أو مخصصًا لموقع آخر. انسخ الرابط كاملًا مرة أخرى، أو اطلب رابطًا جديدًا.',
  },
  footer: { help: 'هل تحتاج إلى مساعدة؟', reference: 'المرجع: {code}' },
}
