/**
 * Internal API for the other hookurl packages. It may change without notice, so a package that uses it must depend on
 * exactly the same version.
 */
export { createGuard, type RequestPipeline } from './create-receiver.ts'
export type { Authorized } from './receive/enter-route.ts'
export type { ReceiveResult } from './receive/receive.ts'
export { getPayloadJson } from './receive/received-hook.ts'
export type { IncomingRequest } from './request/incoming-request.ts'
export type { OutgoingResponse } from './response/response.ts'
export { deliveryIdHeaders } from './uses/delivery-id.ts'
