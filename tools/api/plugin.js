import { Converter, ReferenceType, ReflectionKind, UnionType, UnknownType } from 'typedoc'

const errorTable = 'Record<ErrorCode, { title, fix, status?, exit? }>'

/**
 * Names each module as users import it, requires a docstring for each name of it, and leaves the list of error codes to
 * `docs/errors.md`.
 * @param {import('typedoc').Application} app
 */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
      module.name = `@hookurl/${module.name.replace(/\/(?:src|adapters|uses|languages(?=\/))\b/g, '')}`
    }
  })
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    const errorCode = project.getReflectionsByKind(ReflectionKind.TypeAlias).find(({ name }) => name === 'ErrorCode')
    for (const reflection of Object.values(project.reflections)) {
      if (!('type' in reflection) || reflection === errorCode) continue
      if (reflection.name === 'errorCodes') reflection.type = new UnknownType(errorTable)
      if (errorCode !== undefined && reflection.type instanceof UnionType && reflection.type.types.length > 20)
        reflection.type = ReferenceType.createResolvedReference('ErrorCode', errorCode, project)
    }
    for (const name of project.getReflectionsByKind(ReflectionKind.Module).flatMap(listUndocumented))
      app.logger.error(`${name} has no docstring`)
  })
}

/** @param {import('typedoc').Reflection} module */
function listUndocumented(module) {
  const { children = [] } = /** @type {import('typedoc').DeclarationReflection} */ (module)
  return children
    .filter(
      ({ kind, comment, signatures = [] }) =>
        // What another module documents is only referenced.
        kind !== ReflectionKind.Reference &&
        comment === undefined &&
        !signatures.some((each) => each.comment !== undefined),
    )
    .map(({ name }) => `${module.name}: ${name}`)
}
