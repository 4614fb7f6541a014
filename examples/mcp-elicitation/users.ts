import { randomUUID } from 'node:crypto'

// In place of your users, their access tokens for MCP, and the sessions of your login.
const users: readonly string[] = ['ana', 'bob']
const sessions = new Map<string, string>()

export const signInPage: string =
  '<!doctype html><html lang="en"><title>Sign in</title><h1>Sign in</h1><form method="post">' +
  `${users.map((user) => `<button name="user" value="${user}">${user}</button>`).join(' ')}</form>`

/** Starts a session, and returns its cookie. */
export function signIn(user: string): string {
  const session = randomUUID()
  if (users.includes(user)) sessions.set(session, user)
  return `session=${session}; Path=/; HttpOnly; SameSite=Lax`
}

export function getSessionUser(cookie: string = ''): string | undefined {
  return sessions.get(/(?:^|; )session=([\w-]+)/.exec(cookie)?.[1] ?? '')
}

export function getBearer(authorization: string = ''): string | undefined {
  return users.find((user) => authorization === `Bearer token-of-${user}`)
}
