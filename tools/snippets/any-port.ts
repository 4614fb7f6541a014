// Loaded before a snippet that listens: replaces its port with a free one, and reports it.
import { Server } from 'node:net'

const listen = Server.prototype.listen

Server.prototype.listen = function listenAnywhere(this: Server, ...given: unknown[]): Server {
  this.once('listening', () => {
    const address = this.address()
    if (typeof address === 'object') process.send?.(address?.port)
  })
  const done = given.findLast((argument) => typeof argument === 'function') as (() => void) | undefined
  return Reflect.apply(listen, this, [0, '127.0.0.1', done])
} as typeof listen
