declare module 'multer' {
  import type { RequestHandler } from 'express'
  export default function multer(options?: object): { any(): RequestHandler; none(): RequestHandler }
}
declare module 'express-fileupload' {
  import type { RequestHandler } from 'express'
  export default function fileUpload(options?: object): RequestHandler
}
declare module 'formidable' {
  import type { IncomingMessage } from 'node:http'
  export default function formidable(options?: object): { parse(request: IncomingMessage): Promise<[object, object]> }
}
declare module 'connect' {
  import type { IncomingMessage, ServerResponse } from 'node:http'
  import type { RequestHandler } from 'express'

  interface App {
    (request: IncomingMessage, response: ServerResponse): void
    use(...handlers: (string | RequestHandler)[]): App
  }
  export default function connect(): App
}
declare module 'polka' {
  import type { IncomingMessage, ServerResponse } from 'node:http'
  import type { RequestHandler } from 'express'

  interface App {
    use(...handlers: (string | RequestHandler)[]): App
    handler(request: IncomingMessage, response: ServerResponse): void
  }
  export default function polka(): App
}
