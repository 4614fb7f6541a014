/** The reverse proxies that ask a gate. */
export type ProxyName = 'nginx' | 'caddy'

/** How a proxy asks, and which responses it understands. */
export interface ProxyDefinition {
  /** The header that contains the target of the original request. The proxy replaces what a client sends. */
  readonly targetHeader: string
  /** The same for the method. */
  readonly methodHeader: string
  /** Returns the status with which the proxy does not pass a request on, for a response that has this status. */
  toStatus(status: number): number
  /** Whether the proxy sends the body of the gate's response to the client. */
  readonly sendsBody: boolean
}

const FORBIDDEN = 403

export const proxies: Readonly<Record<ProxyName, ProxyDefinition>> = {
  // The module auth_request turns every status except 2xx, 401 and 403 into 500, and ignores the body.
  nginx: {
    targetHeader: 'X-Original-URI',
    methodHeader: 'X-Original-Method',
    toStatus: () => FORBIDDEN,
    sendsBody: false,
  },
  // forward_auth passes the request on for every 2xx, and sends any other response to the client.
  caddy: {
    targetHeader: 'X-Forwarded-Uri',
    methodHeader: 'X-Forwarded-Method',
    toStatus: (status) => (status < 300 ? FORBIDDEN : status),
    sendsBody: true,
  },
}

export const proxyNames: readonly ProxyName[] = Object.keys(proxies) as ProxyName[]
