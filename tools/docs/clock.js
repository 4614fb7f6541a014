// Loaded before a program whose output must not depend on the date: its clock stands still.
const now = Date.UTC(2026, 0, 1)

globalThis.Date = new Proxy(Date, {
  construct: (date, given) => Reflect.construct(date, given.length === 0 ? [now] : given),
  get: (date, name) => (name === 'now' ? () => now : Reflect.get(date, name)),
})
