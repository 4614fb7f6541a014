// Loaded before a program that must print the same on every day: for it, this moment does not pass.
const moment = Date.UTC(2026, 0, 1)

globalThis.Date = new Proxy(Date, {
  construct: (date, given) => Reflect.construct(date, given.length === 0 ? [moment] : given),
  get: (date, name) => (name === 'now' ? () => moment : Reflect.get(date, name)),
})
