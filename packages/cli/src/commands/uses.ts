import { createUseSchema, createUseSweep, type SqlDialect } from '@hookurl/verify/sql'
import { type Command, Option } from 'commander'
import { toJson } from '../io/escape.ts'
import { addHelp } from '../io/flags.ts'
import type { Output } from '../io/output.ts'

interface UsesFlags {
  dialect: SqlDialect
  table?: string
}

interface Subcommand {
  readonly name: string
  readonly description: string
  readonly notes: string
  readonly examples: readonly string[]
  getStatements(flags: UsesFlags): string[]
}

const subcommands: readonly Subcommand[] = [
  {
    name: 'schema',
    description: 'print the SQL that creates the table',
    notes: `The SQL changes nothing if the table exists. In code, for migrations: createUseSchema from
@hookurl/verify/sql.`,
    examples: [
      'hookurl uses schema --dialect postgres | psql "$DATABASE_URL"',
      'hookurl uses schema --dialect sqlite | sqlite3 app.db',
      'hookurl uses schema --dialect mysql --table shop.uses | mysql',
    ],
    getStatements: ({ dialect, table }) => createUseSchema(dialect, table),
  },
  {
    name: 'sweep',
    description: 'print the SQL that deletes the records of expired URLs',
    notes: `Reservations delete ten expired records each, so you need this only if no hooks arrive. In
code: createUseSweep from @hookurl/verify/sql.`,
    examples: ['hookurl uses sweep --dialect postgres | psql "$DATABASE_URL"'],
    getStatements: ({ dialect, table }) => [createUseSweep(dialect, table)],
  },
]

const dialects: readonly SqlDialect[] = ['postgres', 'sqlite', 'mysql']

export function define(command: Command, output: Output): void {
  addHelp(
    command,
    subcommands.flatMap(({ examples }) => examples.slice(0, 1)),
  )
  for (const { name, description, notes, examples, getStatements } of subcommands) {
    const subcommand = command
      .command(name)
      .description(description)
      .addOption(
        new Option('--dialect <name>', 'the SQL of your database (required); MariaDB: mysql')
          .choices(dialects)
          .makeOptionMandatory(),
      )
      .option('--table <name>', 'name of the table, as in the option table of the store (default: hookurl_uses)')
      .addHelpText('after', `\n${notes}`)
      .action((flags: UsesFlags) => print(getStatements(flags), output))
    addHelp(subcommand, examples)
  }
}

function print(statements: readonly string[], output: Output): void {
  if (output.json) output.print(toJson({ statements }))
  else for (const statement of statements) output.print(`${statement};`)
}
