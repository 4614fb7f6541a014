import { expect, test } from 'vitest'
import { isPrivateHost } from '../../src/url/private-host.ts'

const privateHosts: readonly string[] = [
  ...['localhost', 'LOCALHOST', 'localhost.', 'a.localhost', 'a.b.localhost', 'intranet', 'my_host', 'a', '1a', 'com'],
  ...[
    'printer.local',
    'a.b.local',
    'local',
    'api.internal',
    'metadata.google.internal',
    'bot.test',
    'home.arpa',
    'nas.home.arpa',
  ],
  ...[
    '127.0.0.1',
    '127.255.255.255',
    '127.1',
    '2130706433',
    '0x7f.1',
    '10.0.0.0',
    '10.255.255.255',
    '172.16.0.0',
    '172.31.255.255',
  ],
  ...['192.168.0.0', '192.168.255.255', '169.254.0.0', '169.254.169.254', '100.64.0.0', '100.127.255.255'],
  ...['[::1]', '[0:0::1]', '[fc00::]', '[fdff:ffff::1]', '[fd00:ec2::254]', '[fe80::1]', '[febf::1]'],
  ...['[::ffff:127.0.0.1]', '[::ffff:10.0.0.1]', '[::ffff:192.168.1.1]'],
]
test.each(privateHosts)('%s is a private host', (host) => {
  expect(isPrivateHost(new URL(`http://${host}/`).hostname)).toBe(true)
})

const publicHosts: readonly string[] = [
  ...[
    'example.com',
    'example.com.',
    'a.co',
    'localhost.example.com',
    'local.example',
    'notlocal.example',
    'a.locale',
    'mylocal.com',
  ],
  ...[
    'localhost.com',
    'xlocalhost.example',
    'internal.example',
    'test.example',
    'a.tests',
    'arpa.example',
    'x.arpa',
    'xhome.arpa',
  ],
  ...[
    'home.arpa.example',
    '127.0.0.1.example.com',
    '127.0.0.1.nip.io',
    '10.0.0.1.example',
    'xn--mnchen-3ya.example',
    'a.interna1',
  ],
  ...[
    '0.0.0.0',
    '9.255.255.255',
    '11.0.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
  ],
  ...[
    '192.169.0.0',
    '169.253.255.255',
    '169.255.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '8.8.8.8',
    '192.0.2.1',
    '203.0.113.9',
  ],
  ...[
    '[::]',
    '[::2]',
    '[fbff::1]',
    '[fe00::1]',
    '[fe7f::1]',
    '[fec0::1]',
    '[2001:db8::1]',
    '[::ffff:8.8.8.8]',
    '[64:ff9b::a00:1]',
    '[fc::1]',
  ],
]
test.each(publicHosts)('%s is not certainly a private host', (host) => {
  expect(isPrivateHost(new URL(`http://${host}/`).hostname)).toBe(false)
})
