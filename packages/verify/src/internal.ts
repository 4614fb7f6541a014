/**
 * Internal API for the other hookurl packages. It may change without notice, so a package that uses it must depend on
 * exactly the same version.
 */
export { getPayloadJson } from './receive/received-hook.ts'
export { deliveryIdHeaders } from './uses/delivery-id.ts'
