import type { PageLanguage } from '../response/page-language.ts'

/** The copy of the pages in Chinese. In simplified characters. */
export const zh: PageLanguage = {
  confirm: {
    title: '请确认',
    text: '在您点击按钮之前，不会执行任何操作。',
    choices: '在您选择一个选项之前，不会执行任何操作。',
    redirect: '随后将跳转到 {host}。',
    button: '确认',
  },
  done: { title: '已完成', text: '您可以关闭此页面。' },
  accepted: { title: '您的请求正在处理中', text: '您可以关闭此页面。' },
  preview: { title: '打开此链接' },
  expired: { title: '此链接已过期', text: '请重新获取链接。' },
  notYetValid: { title: '此链接尚未生效', text: '请稍后再打开。' },
  alreadyUsed: {
    title: '此链接已被使用',
    text: '链接不能重复使用。请重新获取链接。',
    usedAt: '链接已于 {time} 使用，不能重复使用。',
  },
  inProgress: { title: '此链接正在处理中', text: '请在几秒钟后再次查看。' },
  denied: { title: '此链接不再被接受', text: '请重新获取链接。' },
  stateChanged: { title: '此链接已失效', text: '链接已被使用或不再需要。' },
  signIn: { title: '请登录后使用此链接', text: '未执行任何操作。请登录，然后重新打开链接。' },
  wrongUser: { title: '此链接是发给其他人的', text: '请使用收到此链接的账户登录。' },
  unavailable: { title: '此链接暂时无法使用', text: '未执行任何操作。请稍后重试。' },
  failed: { title: '出现错误', text: '您的请求可能未完成。请稍后重试。' },
  invalidRequest: { title: '您的请求未能完成', text: '未执行任何操作。请返回，检查您输入的内容，然后重试。' },
  invalidLink: {
    title: '此链接无效',
    text: '链接可能不完整，或适用于其他网站。请重新复制完整的链接，或重新获取链接。',
  },
  footer: { help: '需要帮助？', reference: '参考代码：{code}' },
}
