/** A framework whose applications use hookurl as its section of `docs/frameworks.md` says. */
export interface Framework {
  readonly name: string
  /** The commands that create an application in the folder `app`, with nothing installed. */
  readonly scaffold: readonly Command[]
  /** Files of the application that the commands do not create. */
  readonly template: Files
  /** What is installed, in addition to `@hookurl/verify`, zod and what the scaffold lists. */
  readonly packages: readonly string[]
  /**
   * The files that the page says to write. Their content is the name of a snippet of the page. A file whose path contains
   * `hooks` is also written for the guard, with `approve` instead of `hooks` and `receive`, in the path and in the code.
   */
  readonly files: Files
  /** What replaces parts of the snippets: what the page says, and what only the check needs. */
  readonly edits?: Readonly<Record<string, string>>
  /** The same, for the files that let services send forms, if the framework rejects a form without an `Origin`. */
  readonly filesForForms?: Files
  /** The command that checks the types of the application. It must fail for a wrong type of content. */
  readonly check: Command
  /** The commands that build the application. */
  readonly build: readonly Command[]
  /** The built program with its arguments. It gets the variables `HOST` and `PORT`; `$PORT` in an argument is the port. */
  readonly program: readonly string[]
  /** What runs the program, as a path in the application; Node by default. */
  readonly runtime?: string
  /** Matches what the program prints once it is ready, with the port in a group; by default a URL. */
  readonly ready?: RegExp
  /** The path before `/hooks` and `/approve`, such as `/api`. */
  readonly prefix?: string
  /** The statuses of a PUT and of a URL for another command, where the framework responds instead of hookurl. */
  readonly statuses?: { readonly put?: number; readonly otherCommand?: number }
}

export type Command = readonly string[]

export type Files = Readonly<Record<string, string>>
