import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'

const shipped = new URL('../hooks.conf', import.meta.url)

/** Creates a complete configuration from `hooks.conf`, for local ports and without files outside its folder. */
export function createNginxConfig(port: number, receivers: readonly number[]): string {
  const servers = receivers.map((each) => `    server 127.0.0.1:${each} max_fails=1 fail_timeout=1s;\n`).join('')
  const hooks = readFileSync(shipped, 'utf8')
    .replace(/(?: {4}server receiver-\d+:\d+ .*\n)+/, servers)
    .replace('listen 8080', `listen 127.0.0.1:${port}`)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`)
  return `daemon off;
${process.getuid?.() === 0 ? `user ${userInfo().username};` : ''}
worker_processes 2;
pid nginx.pid;
events {}
http {
${temporary.join('\n')}
${hooks}}
`
}
