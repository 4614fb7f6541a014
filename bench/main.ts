// Side-by-side benchmarks: `npm run bench [name]`. Every figure is a ratio of two things measured in turn in one run.
const benchmarks: Readonly<Record<string, () => Promise<{ run(): Promise<void> }>>> = {
  jose: () => import('./jose.ts'),
}

const names = process.argv.slice(2)
const unknown = names.filter((name) => !Object.hasOwn(benchmarks, name))
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. There are: ${Object.keys(benchmarks).join(', ')}`)
  process.exit(2)
}
for (const name of names.length === 0 ? Object.keys(benchmarks) : names) {
  const benchmark = await benchmarks[name]?.()
  await benchmark?.run()
}
