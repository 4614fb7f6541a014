import type { ClientKind } from '../../src/request/content-negotiation.ts'

/** The headers of a request by which a browser or an API client is recognized. */
export interface HeaderSet {
  readonly client: string
  /**
   * `captured`: recorded from that program. `published`: from a log, a dump or a default in public source code.
   * `documented`: from the documentation of the vendor, MDN or a standard.
   */
  readonly source: 'captured' | 'published' | 'documented'
  readonly kind: ClientKind
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
}

/** What real clients send, and who they are. Only headers that may matter are kept; boundaries are shortened. */
export const headerSets: readonly HeaderSet[] = [
  {
    client: 'curl',
    source: 'captured',
    kind: 'api',
    method: 'GET',
    headers: { 'user-agent': 'curl/7.88.1', accept: '*/*' },
  },
  {
    client: 'curl -d',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: { 'user-agent': 'curl/7.88.1', accept: '*/*', 'content-type': 'application/x-www-form-urlencoded' },
  },
  {
    client: 'curl --json',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: { 'user-agent': 'curl/7.88.1', 'content-type': 'application/json', accept: 'application/json' },
  },
  {
    client: 'Wget',
    source: 'captured',
    kind: 'api',
    method: 'GET',
    headers: { 'user-agent': 'Wget/1.21.3', accept: '*/*' },
  },
  {
    client: 'Wget --post-data',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: { 'user-agent': 'Wget/1.21.3', accept: '*/*', 'content-type': 'application/x-www-form-urlencoded' },
  },
  {
    client: 'aria2',
    source: 'captured',
    kind: 'api',
    method: 'GET',
    headers: { 'user-agent': 'aria2/1.36.0', accept: '*/*,application/metalink4+xml,application/metalink+xml' },
  },
  {
    client: 'HTTPie',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: {
      'user-agent': 'HTTPie/3.2.1',
      accept: 'application/json, */*;q=0.5',
      'content-type': 'application/json',
    },
  },
  {
    client: 'HTTPie, a form',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: {
      accept: '*/*',
      'user-agent': 'HTTPie/3.2.1',
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    },
  },
  {
    client: 'Python urllib',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'Python-urllib/3.11' },
  },
  {
    client: 'Python urllib',
    source: 'captured',
    kind: 'api',
    method: 'GET',
    headers: { 'user-agent': 'Python-urllib/3.11' },
  },
  {
    client: 'Python urllib3, multipart',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=b', 'user-agent': 'python-urllib3/1.26.12' },
  },
  {
    client: 'Python requests',
    source: 'captured',
    kind: 'api',
    method: 'GET',
    headers: { 'user-agent': 'python-requests/2.28.1', accept: '*/*' },
  },
  {
    client: 'Python requests',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: { 'user-agent': 'python-requests/2.28.1', accept: '*/*', 'content-type': 'application/json' },
  },
  {
    client: 'Python requests, a form',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: {
      'user-agent': 'python-requests/2.28.1',
      accept: '*/*',
      'content-type': 'application/x-www-form-urlencoded',
    },
  },
  {
    client: 'Python httpx',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: { accept: '*/*', 'user-agent': 'python-httpx/0.23.3', 'content-type': 'application/json' },
  },
  {
    client: 'Python aiohttp',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: { accept: '*/*', 'user-agent': 'Python/3.11 aiohttp/3.8.4', 'content-type': 'application/json' },
  },
  {
    client: 'Ruby Net::HTTP',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: '*/*', 'user-agent': 'Ruby' },
  },
  {
    client: 'Ruby Net::HTTP, a form',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: { accept: '*/*', 'user-agent': 'Ruby', 'content-type': 'application/x-www-form-urlencoded' },
  },
  {
    client: 'Ruby Faraday',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: { 'user-agent': 'Faraday v1.1.0', 'content-type': 'application/json', accept: '*/*' },
  },
  {
    client: 'Ruby HTTParty',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: { accept: '*/*', 'user-agent': 'Ruby', 'content-type': 'application/x-www-form-urlencoded' },
  },
  {
    client: 'Ruby rest-client',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: {
      accept: '*/*',
      'user-agent': 'rest-client/2.1.0 (linux-gnu x86_64) ruby/3.1.2p20',
      'content-type': 'application/x-www-form-urlencoded',
    },
  },
  { client: 'PHP file_get_contents', source: 'captured', kind: 'api', method: 'GET', headers: {} },
  {
    client: 'PHP file_get_contents, a form',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  },
  {
    client: 'PHP Guzzle',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: { 'user-agent': 'GuzzleHttp/7', 'content-type': 'application/json' },
  },
  {
    client: 'Symfony HttpClient',
    source: 'documented',
    kind: 'api',
    method: 'POST',
    headers: { accept: '*/*', 'content-type': 'application/json', 'user-agent': 'Symfony HttpClient (Curl)' },
  },
  {
    client: 'Perl LWP, a form',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: { 'user-agent': 'libwww-perl/6.68', 'content-type': 'application/x-www-form-urlencoded' },
  },
  {
    client: 'Go net/http',
    source: 'captured',
    kind: 'api',
    method: 'GET',
    headers: { 'user-agent': 'Go-http-client/1.1' },
  },
  {
    client: 'Go net/http',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: { 'user-agent': 'Go-http-client/1.1', 'content-type': 'application/json' },
  },
  {
    client: 'Go net/http, a form',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: { 'user-agent': 'Go-http-client/1.1', 'content-type': 'application/x-www-form-urlencoded' },
  },
  {
    client: 'Java URLConnection, JSON',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Java/17.0.15',
      accept: 'text/html, image/gif, image/jpeg, */*; q=0.2',
    },
  },
  {
    client: 'Java URLConnection, a form',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: {
      'user-agent': 'Java/17.0.15',
      accept: 'text/html, image/gif, image/jpeg, */*; q=0.2',
      'content-type': 'application/x-www-form-urlencoded',
    },
  },
  {
    client: 'Java URLConnection',
    source: 'captured',
    kind: 'api',
    method: 'GET',
    headers: { 'user-agent': 'Java/17.0.15', accept: 'text/html, image/gif, image/jpeg, */*; q=0.2' },
  },
  {
    client: 'Java URLConnection before JDK 17, JSON',
    source: 'published',
    kind: 'api',
    method: 'POST',
    headers: {
      accept: 'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2',
      'content-type': 'application/json',
      'user-agent': 'Java/1.8.0_292',
    },
  },
  {
    client: 'Java URLConnection before JDK 17, a form',
    source: 'published',
    kind: 'api',
    method: 'POST',
    headers: {
      accept: 'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2',
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'Java/1.8.0_292',
    },
  },
  {
    client: 'Java URLConnection with http.agent set, JSON',
    source: 'documented',
    kind: 'api',
    method: 'POST',
    headers: {
      accept: 'text/html, image/gif, image/jpeg, */*; q=0.2',
      'content-type': 'application/json',
      'user-agent': 'Mozilla/5.0 Java/17.0.15',
    },
  },
  {
    client: 'Java JAX-WS',
    source: 'published',
    kind: 'api',
    method: 'POST',
    headers: {
      accept: 'text/xml, multipart/related, text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2',
      'content-type': 'text/xml; charset=utf-8',
      'user-agent': 'JAX-WS RI 2.1.6 in JDK 6',
    },
  },
  {
    client: 'Java HttpClient',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: { 'user-agent': 'Java-http-client/17.0.15', 'content-type': 'application/json' },
  },
  {
    client: 'Apache HttpClient',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=UTF-8',
      'user-agent': 'Apache-HttpClient/4.5.14 (Java/17.0.15)',
    },
  },
  {
    client: 'OkHttp',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'okhttp/3.13.1' },
  },
  { client: 'Node http', source: 'captured', kind: 'api', method: 'POST', headers: {} },
  {
    client: 'Node fetch',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: '*/*', 'sec-fetch-mode': 'cors', 'user-agent': 'node' },
  },
  {
    client: 'Node fetch, a form',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
      accept: '*/*',
      'sec-fetch-mode': 'cors',
      'user-agent': 'node',
    },
  },
  {
    client: 'axios',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: {
      accept: 'application/json, text/plain, */*',
      'content-type': 'application/json',
      'user-agent': 'axios/1.21.1',
    },
  },
  {
    client: 'axios, a form',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: {
      accept: 'application/json, text/plain, */*',
      'content-type': 'application/x-www-form-urlencoded;charset=utf-8',
      'user-agent': 'axios/1.21.1',
    },
  },
  {
    client: 'got',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: { 'user-agent': 'got (https://github.com/sindresorhus/got)', 'content-type': 'application/json' },
  },
  {
    client: 'superagent',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  },
  {
    client: 'node-fetch',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: { accept: '*/*', 'content-type': 'application/json', 'user-agent': 'node-fetch' },
  },
  {
    client: 'request',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
  },
  {
    client: 'needle, a form',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: {
      accept: '*/*',
      'user-agent': 'Needle/3.5.0 (Node.js v20.20.2; linux x64)',
      'content-type': 'application/x-www-form-urlencoded',
    },
  },
  {
    client: '.NET HttpClient',
    source: 'documented',
    kind: 'api',
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
  },
  {
    client: 'RestSharp',
    source: 'documented',
    kind: 'api',
    method: 'POST',
    headers: {
      accept: 'application/json, text/json, text/x-json, text/javascript, application/xml, text/xml',
      'content-type': 'application/json',
      'user-agent': 'RestSharp/106.15.0.0',
    },
  },
  {
    client: 'Windows PowerShell, Invoke-WebRequest',
    source: 'documented',
    kind: 'api',
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.4648',
    },
  },
  {
    client: 'PowerShell 7, Invoke-RestMethod',
    source: 'documented',
    kind: 'api',
    method: 'GET',
    headers: { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.19045; en-US) PowerShell/7.4.1' },
  },
  {
    client: 'WinHTTP',
    source: 'documented',
    kind: 'api',
    method: 'POST',
    headers: {
      accept: '*/*',
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'Mozilla/4.0 (compatible; Win32; WinHttp.WinHttpRequest.5)',
    },
  },
  {
    client: 'Delphi Indy, JSON',
    source: 'published',
    kind: 'api',
    method: 'POST',
    headers: {
      accept: 'text/html, */*',
      'content-type': 'application/json',
      'user-agent': 'Mozilla/3.0 (compatible; Indy Library)',
    },
  },
  {
    client: 'Delphi Indy 10.6, JSON',
    source: 'published',
    kind: 'api',
    method: 'POST',
    headers: {
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'content-type': 'application/json',
      'user-agent': 'Mozilla/3.0 (compatible; Indy Library)',
    },
  },
  {
    client: 'Delphi Indy, a form: it claims to be a browser',
    source: 'published',
    kind: 'browser',
    method: 'POST',
    headers: {
      accept: 'text/html, */*',
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'Mozilla/3.0 (compatible; Indy Library)',
    },
  },
  {
    client: 'Google Apps Script',
    source: 'published',
    kind: 'api',
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Mozilla/5.0 (compatible; Google-Apps-Script; beanserver; +https://script.google.com; id: UAEmdDd)',
    },
  },
  {
    client: 'Postman',
    source: 'documented',
    kind: 'api',
    method: 'POST',
    headers: { accept: '*/*', 'content-type': 'application/json', 'user-agent': 'PostmanRuntime/7.39.0' },
  },
  {
    client: 'Insomnia',
    source: 'documented',
    kind: 'api',
    method: 'POST',
    headers: { accept: '*/*', 'content-type': 'application/json', 'user-agent': 'insomnia/9.3.2' },
  },
  {
    client: 'GitHub',
    source: 'documented',
    kind: 'api',
    method: 'POST',
    headers: { accept: '*/*', 'content-type': 'application/json', 'user-agent': 'GitHub-Hookshot/044aadd' },
  },
  {
    client: 'GitHub, a form',
    source: 'documented',
    kind: 'api',
    method: 'POST',
    headers: {
      accept: '*/*',
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'GitHub-Hookshot/044aadd',
    },
  },
  {
    client: 'Stripe',
    source: 'published',
    kind: 'api',
    method: 'POST',
    headers: {
      accept: '*/*; q=0.5, application/xml',
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    },
  },
  {
    client: 'Slack events',
    source: 'published',
    kind: 'api',
    method: 'POST',
    headers: {
      accept: '*/*',
      'content-type': 'application/json',
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
    },
  },
  {
    client: 'Slack commands',
    source: 'published',
    kind: 'api',
    method: 'POST',
    headers: {
      accept: 'application/json,*/*',
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
    },
  },
  {
    client: 'Twilio',
    source: 'published',
    kind: 'api',
    method: 'POST',
    headers: { accept: '*/*', 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'TwilioProxy/1.1' },
  },
  {
    client: 'Shopify',
    source: 'published',
    kind: 'api',
    method: 'POST',
    headers: { accept: '*/*', 'content-type': 'application/json', 'user-agent': 'Shopify-Captain-Hook' },
  },
  {
    client: 'PayPal IPN',
    source: 'documented',
    kind: 'api',
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'PayPal IPN ( https://www.paypal.com/ipn )',
    },
  },
  {
    client: 'Telegram',
    source: 'documented',
    kind: 'api',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  },
  {
    client: 'Zapier',
    source: 'published',
    kind: 'api',
    method: 'POST',
    headers: { accept: '*/*', 'content-type': 'application/json; charset=utf-8', 'user-agent': 'Zapier' },
  },
  {
    client: 'Make',
    source: 'published',
    kind: 'api',
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'Make/production' },
  },
  {
    client: 'n8n',
    source: 'published',
    kind: 'api',
    method: 'POST',
    headers: {
      accept: 'application/json,text/html,application/xhtml+xml,application/xml,text/*;q=0.9, image/*;q=0.8, */*;q=0.7',
      'content-type': 'application/json',
      'user-agent': 'n8n',
    },
  },
  {
    client: 'n8n, GET',
    source: 'published',
    kind: 'api',
    method: 'GET',
    headers: {
      accept: 'application/json,text/html,application/xhtml+xml,application/xml,text/*;q=0.9, image/*;q=0.8, */*;q=0.7',
      'user-agent': 'n8n',
    },
  },
  {
    client: 'the one-click unsubscribe of RFC 8058',
    source: 'documented',
    kind: 'api',
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  },
  {
    client: 'the one-click unsubscribe of RFC 8058, multipart',
    source: 'documented',
    kind: 'api',
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=---FormBoundaryjWmhtjORrn' },
  },
  {
    client: 'UptimeRobot: it gets a page',
    source: 'published',
    kind: 'browser',
    method: 'GET',
    headers: {
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'user-agent': 'Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)',
    },
  },
  {
    client: 'UptimeRobot, HEAD',
    source: 'published',
    kind: 'browser',
    method: 'HEAD',
    headers: {
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'user-agent': 'Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)',
    },
  },
  {
    client: 'W3C Link Checker',
    source: 'documented',
    kind: 'api',
    method: 'HEAD',
    headers: { 'user-agent': 'W3C-checklink/5.0.0 libwww-perl/6.68' },
  },
  {
    client: 'ELB health check',
    source: 'documented',
    kind: 'api',
    method: 'GET',
    headers: { 'user-agent': 'ELB-HealthChecker/2.0' },
  },
  {
    client: 'wkhtmltopdf, which renders pages',
    source: 'captured',
    kind: 'browser',
    method: 'GET',
    headers: {
      'user-agent':
        'Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/602.1 (KHTML, like Gecko) wkhtmltopdf Version/10.0 Safari/602.1',
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    },
  },
  {
    client: 'Chromium opens a link',
    source: 'captured',
    kind: 'browser',
    method: 'GET',
    headers: {
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      accept:
        'text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
      'sec-fetch-site': 'none',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-user': '?1',
      'sec-fetch-dest': 'document',
    },
  },
  {
    client: 'Chromium submits a form',
    source: 'captured',
    kind: 'browser',
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      accept:
        'text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    },
  },
  {
    client: 'Chromium submits a multipart form',
    source: 'captured',
    kind: 'browser',
    method: 'POST',
    headers: {
      'content-type': 'multipart/form-data; boundary=b',
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      accept:
        'text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-user': '?1',
      'sec-fetch-dest': 'document',
    },
  },
  {
    client: 'Chromium submits a form as text/plain',
    source: 'captured',
    kind: 'browser',
    method: 'POST',
    headers: {
      'content-type': 'text/plain',
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      accept:
        'text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-user': '?1',
      'sec-fetch-dest': 'document',
    },
  },
  {
    client: 'Chromium submits a form without fields',
    source: 'captured',
    kind: 'browser',
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      accept:
        'text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-user': '?1',
      'sec-fetch-dest': 'document',
    },
  },
  {
    client: 'Chromium loads a frame',
    source: 'captured',
    kind: 'browser',
    method: 'GET',
    headers: {
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      accept:
        'text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'iframe',
    },
  },
  {
    client: 'Chromium loads an object',
    source: 'captured',
    kind: 'browser',
    method: 'GET',
    headers: {
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      accept:
        'text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'object',
    },
  },
  {
    client: 'Chromium loads an embed',
    source: 'captured',
    kind: 'browser',
    method: 'GET',
    headers: {
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      accept:
        'text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'embed',
    },
  },
  {
    client: 'Chromium prefetches a link',
    source: 'captured',
    kind: 'api',
    method: 'GET',
    headers: {
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      'sec-purpose': 'prefetch',
      accept:
        'text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'no-cors',
      'sec-fetch-dest': 'empty',
    },
  },
  {
    client: 'Chromium, fetch',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: {
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      'content-type': 'application/json',
      accept: '*/*',
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'cors',
      'sec-fetch-dest': 'empty',
    },
  },
  {
    client: 'Chromium, fetch of HTML, as by Turbo',
    source: 'captured',
    kind: 'api',
    method: 'GET',
    headers: {
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      accept: 'text/html, application/xhtml+xml',
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'cors',
      'sec-fetch-dest': 'empty',
    },
  },
  {
    client: 'Chromium, fetch in mode same-origin, as by Turbo',
    source: 'captured',
    kind: 'api',
    method: 'GET',
    headers: {
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      accept: 'text/vnd.turbo-stream.html, text/html, application/xhtml+xml',
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'same-origin',
      'sec-fetch-dest': 'empty',
    },
  },
  {
    client: 'Chromium, fetch in mode no-cors',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: {
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
      accept: '*/*',
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'no-cors',
      'sec-fetch-dest': 'empty',
    },
  },
  {
    client: 'Chromium, XMLHttpRequest of HTML, as by jQuery',
    source: 'captured',
    kind: 'api',
    method: 'GET',
    headers: {
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      accept: 'text/html, */*; q=0.01',
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'cors',
      'sec-fetch-dest': 'empty',
    },
  },
  {
    client: 'Chromium, sendBeacon',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: {
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      'content-type': 'text/plain;charset=UTF-8',
      accept: '*/*',
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'no-cors',
      'sec-fetch-dest': 'empty',
    },
  },
  {
    client: 'Chromium loads an image',
    source: 'captured',
    kind: 'api',
    method: 'GET',
    headers: {
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      accept: 'image/jxl,image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8',
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'no-cors',
      'sec-fetch-dest': 'image',
    },
  },
  {
    client: 'Firefox opens a link',
    source: 'captured',
    kind: 'browser',
    method: 'GET',
    headers: {
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'sec-fetch-dest': 'document',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-site': 'none',
      'sec-fetch-user': '?1',
    },
  },
  {
    client: 'Firefox submits a form',
    source: 'captured',
    kind: 'browser',
    method: 'POST',
    headers: {
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-dest': 'document',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-site': 'same-origin',
    },
  },
  {
    client: 'Firefox submits a multipart form into a frame',
    source: 'captured',
    kind: 'browser',
    method: 'POST',
    headers: {
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'content-type': 'multipart/form-data; boundary=b',
      'sec-fetch-dest': 'iframe',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-site': 'same-origin',
    },
  },
  {
    client: 'Firefox loads a frame',
    source: 'captured',
    kind: 'browser',
    method: 'GET',
    headers: {
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'sec-fetch-dest': 'iframe',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-site': 'same-origin',
    },
  },
  {
    client: 'Firefox loads an object',
    source: 'captured',
    kind: 'browser',
    method: 'GET',
    headers: {
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
      accept: '*/*',
      'sec-fetch-dest': 'object',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-site': 'same-origin',
    },
  },
  {
    client: 'Firefox, fetch',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: {
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
      accept: '*/*',
      'content-type': 'application/json',
      'sec-fetch-dest': 'empty',
      'sec-fetch-mode': 'cors',
      'sec-fetch-site': 'same-origin',
    },
  },
  {
    client: 'Firefox, fetch of HTML',
    source: 'captured',
    kind: 'api',
    method: 'GET',
    headers: {
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
      accept: 'text/html, application/xhtml+xml',
      'sec-fetch-dest': 'empty',
      'sec-fetch-mode': 'cors',
      'sec-fetch-site': 'same-origin',
    },
  },
  {
    client: 'Firefox, XMLHttpRequest of HTML',
    source: 'captured',
    kind: 'api',
    method: 'GET',
    headers: {
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
      accept: 'text/html, */*; q=0.01',
      'sec-fetch-dest': 'empty',
      'sec-fetch-mode': 'cors',
      'sec-fetch-site': 'same-origin',
    },
  },
  {
    client: 'Firefox loads an image',
    source: 'captured',
    kind: 'api',
    method: 'GET',
    headers: {
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
      accept: 'image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5',
      'sec-fetch-dest': 'image',
      'sec-fetch-mode': 'no-cors',
      'sec-fetch-site': 'same-origin',
    },
  },
  {
    client: 'WebKitGTK opens a link',
    source: 'captured',
    kind: 'browser',
    method: 'GET',
    headers: {
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/60.5 Safari/605.1.15 Surf/2.1',
      'sec-fetch-dest': 'document',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-site': 'none',
    },
  },
  {
    client: 'WebKitGTK submits a form',
    source: 'captured',
    kind: 'browser',
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/60.5 Safari/605.1.15 Surf/2.1',
      'sec-fetch-dest': 'document',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-site': 'same-origin',
    },
  },
  {
    client: 'WebKitGTK, fetch of HTML',
    source: 'captured',
    kind: 'api',
    method: 'GET',
    headers: {
      accept: 'text/html, application/xhtml+xml',
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/60.5 Safari/605.1.15 Surf/2.1',
      'sec-fetch-dest': 'empty',
      'sec-fetch-mode': 'cors',
      'sec-fetch-site': 'same-origin',
    },
  },
  {
    client: 'WebKitGTK, sendBeacon',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: {
      'content-type': 'text/plain;charset=UTF-8',
      accept: '*/*',
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/60.5 Safari/605.1.15 Surf/2.1',
      'sec-fetch-dest': 'empty',
      'sec-fetch-mode': 'no-cors',
      'sec-fetch-site': 'same-origin',
    },
  },
  {
    client: 'Chromium opens a link over plain HTTP',
    source: 'captured',
    kind: 'browser',
    method: 'GET',
    headers: {
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      accept:
        'text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
    },
  },
  {
    client: 'Chromium submits a form over plain HTTP',
    source: 'captured',
    kind: 'browser',
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      accept:
        'text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
    },
  },
  {
    client: 'Chromium submits a form as text/plain over plain HTTP',
    source: 'captured',
    kind: 'browser',
    method: 'POST',
    headers: {
      'content-type': 'text/plain',
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      accept:
        'text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
    },
  },
  {
    client: 'Chromium submits a form without fields over plain HTTP',
    source: 'captured',
    kind: 'browser',
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      accept:
        'text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
    },
  },
  {
    client: 'Chromium submits a multipart form over plain HTTP',
    source: 'captured',
    kind: 'browser',
    method: 'POST',
    headers: {
      'content-type': 'multipart/form-data; boundary=b',
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      accept:
        'text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
    },
  },
  {
    client: 'Chromium loads a frame over plain HTTP',
    source: 'captured',
    kind: 'browser',
    method: 'GET',
    headers: {
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      accept:
        'text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
    },
  },
  {
    client: 'Chromium, fetch over plain HTTP',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: {
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      'content-type': 'application/json',
      accept: '*/*',
    },
  },
  {
    client: 'Chromium, fetch as by Turbo over plain HTTP',
    source: 'captured',
    kind: 'api',
    method: 'GET',
    headers: {
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      accept: 'text/vnd.turbo-stream.html, text/html, application/xhtml+xml',
    },
  },
  {
    client: 'Chromium, XMLHttpRequest of HTML over plain HTTP',
    source: 'captured',
    kind: 'browser',
    method: 'GET',
    headers: {
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      accept: 'text/html, */*; q=0.01',
    },
  },
  {
    client: 'Chromium, sendBeacon over plain HTTP',
    source: 'captured',
    kind: 'api',
    method: 'POST',
    headers: {
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      'content-type': 'text/plain;charset=UTF-8',
      accept: '*/*',
    },
  },
  {
    client: 'Chromium loads an image over plain HTTP',
    source: 'captured',
    kind: 'api',
    method: 'GET',
    headers: {
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      accept: 'image/jxl,image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8',
    },
  },
  {
    client: 'Safari on iOS 15 opens a link',
    source: 'documented',
    kind: 'browser',
    method: 'GET',
    headers: {
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'user-agent':
        'Mozilla/5.0 (iPhone; CPU iPhone OS 15_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.6 Mobile/15E148 Safari/604.1',
    },
  },
  {
    client: 'Safari on iOS 15 submits a form',
    source: 'documented',
    kind: 'browser',
    method: 'POST',
    headers: {
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent':
        'Mozilla/5.0 (iPhone; CPU iPhone OS 15_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.6 Mobile/15E148 Safari/604.1',
    },
  },
  {
    client: 'Safari on iOS 15, fetch',
    source: 'documented',
    kind: 'api',
    method: 'POST',
    headers: {
      accept: '*/*',
      'content-type': 'application/json',
      'user-agent':
        'Mozilla/5.0 (iPhone; CPU iPhone OS 15_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.6 Mobile/15E148 Safari/604.1',
    },
  },
  {
    client: 'an in-app WebView on iOS 15',
    source: 'published',
    kind: 'browser',
    method: 'GET',
    headers: {
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'user-agent':
        'Mozilla/5.0 (iPhone; CPU iPhone OS 15_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBDV/iPhone13,2]',
    },
  },
  {
    client: 'Safari 4',
    source: 'documented',
    kind: 'browser',
    method: 'GET',
    headers: {
      accept: 'application/xml,application/xhtml+xml,text/html;q=0.9, text/plain;q=0.8,image/png,*/*;q=0.5',
      'user-agent':
        'Mozilla/5.0 (Macintosh; U; Intel Mac OS X 10_6_3; en-us) AppleWebKit/531.22.7 (KHTML, like Gecko) Version/4.0.5 Safari/531.22.7',
    },
  },
  {
    client: 'Kindle with the WebKit of Safari 4',
    source: 'documented',
    kind: 'browser',
    method: 'GET',
    headers: {
      accept: 'application/xml,application/xhtml+xml,text/html;q=0.9,text/plain;q=0.8,image/png,*/*;q=0.5',
      'user-agent':
        'Mozilla/5.0 (X11; U; Linux armv7l like Android; en-us) AppleWebKit/531.2+ (KHTML, like Gecko) Version/5.0 Safari/533.2+ Kindle/3.0+',
    },
  },
  {
    client: 'Internet Explorer 11',
    source: 'documented',
    kind: 'browser',
    method: 'GET',
    headers: {
      accept: 'text/html, application/xhtml+xml, image/jxr, */*',
      'user-agent': 'Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko',
    },
  },
  {
    client: 'Internet Explorer 11 submits a form',
    source: 'documented',
    kind: 'browser',
    method: 'POST',
    headers: {
      accept: 'text/html, application/xhtml+xml, image/jxr, */*',
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko',
    },
  },
  {
    client: 'Internet Explorer 8, which does not name HTML',
    source: 'documented',
    kind: 'api',
    method: 'GET',
    headers: {
      accept:
        'image/jpeg, application/x-ms-application, image/gif, application/xaml+xml, image/pjpeg, application/x-ms-xbap, application/x-shockwave-flash, application/msword, */*',
      'user-agent': 'Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)',
    },
  },
  {
    client: 'Edge 18',
    source: 'documented',
    kind: 'browser',
    method: 'GET',
    headers: {
      accept: 'text/html, application/xhtml+xml, image/jxr, */*',
      'user-agent':
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763',
    },
  },
  {
    client: 'Opera Mini',
    source: 'documented',
    kind: 'browser',
    method: 'GET',
    headers: {
      accept:
        'text/html, application/xml;q=0.9, application/xhtml+xml, image/png, image/webp, image/jpeg, image/gif, image/x-xbitmap, */*;q=0.1',
      'user-agent': 'Opera/9.80 (J2ME/MIDP; Opera Mini/4.2.14912/35.5706; U; id) Presto/2.8.119 Version/11.10',
    },
  },
  {
    client: 'KaiOS',
    source: 'documented',
    kind: 'browser',
    method: 'GET',
    headers: {
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'user-agent': 'Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5',
    },
  },
  {
    client: 'Firefox 72 to 89, without Fetch Metadata',
    source: 'documented',
    kind: 'browser',
    method: 'POST',
    headers: {
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8',
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:78.0) Gecko/20100101 Firefox/78.0',
    },
  },
  {
    client: 'Dillo',
    source: 'captured',
    kind: 'browser',
    method: 'GET',
    headers: { 'user-agent': 'Dillo/3.0.5', accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' },
  },
  {
    client: 'Lynx',
    source: 'captured',
    kind: 'browser',
    method: 'GET',
    headers: {
      accept: 'text/html, text/plain, text/sgml, text/css, */*;q=0.01',
      'user-agent': 'Lynx/2.9.0dev.12 libwww-FM/2.14 SSL-MM/1.4.1 GNUTLS/3.7.8',
    },
  },
  {
    client: 'Lynx submits a form',
    source: 'captured',
    kind: 'browser',
    method: 'POST',
    headers: {
      accept: 'text/html, text/plain, text/sgml, text/css, */*;q=0.01',
      'user-agent': 'Lynx/2.9.0dev.12 libwww-FM/2.14 SSL-MM/1.4.1 GNUTLS/3.7.8',
      'content-type': 'application/x-www-form-urlencoded',
    },
  },
  {
    client: 'w3m',
    source: 'captured',
    kind: 'browser',
    method: 'GET',
    headers: { 'user-agent': 'w3m/0.5.3+git20230121', accept: 'text/html, text/*;q=0.5, image/*, application/*' },
  },
  {
    client: 'w3m submits a form',
    source: 'captured',
    kind: 'browser',
    method: 'POST',
    headers: {
      'user-agent': 'w3m/0.5.3+git20230121',
      accept: 'text/html, text/*;q=0.5, image/*, application/*',
      'content-type': 'application/x-www-form-urlencoded',
    },
  },
  {
    client: 'ELinks, which accepts anything',
    source: 'captured',
    kind: 'api',
    method: 'GET',
    headers: { 'user-agent': 'ELinks/0.13.2 (textmode; Linux 6.1.0 x86_64; -)', accept: '*/*' },
  },
  {
    client: 'Links, which accepts anything',
    source: 'captured',
    kind: 'api',
    method: 'GET',
    headers: { 'user-agent': 'Links (2.28; Linux 6.1.0 x86_64; GNU C 12.2; dump)', accept: '*/*' },
  },
  {
    client: 'NetSurf, which accepts anything',
    source: 'captured',
    kind: 'api',
    method: 'GET',
    headers: { 'user-agent': 'NetSurf/3.10 (Linux)', accept: '*/*' },
  },
]
