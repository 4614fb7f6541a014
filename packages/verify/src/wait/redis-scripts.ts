// A record is one string: the time after which it may be removed (epoch milliseconds), a space, and the value, which is
// empty while the wait is open.

/** KEYS: the record. ARGV: the record of an open wait, its life (milliseconds). Replies with OK, or nil if it exists. */
export const createScript: string = `
return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])
`

/** KEYS: the record. ARGV: the value. Replies with 1 if it was stored, the record if it has another one, or nil. */
export const settleScript: string = `
local record = redis.call('GET', KEYS[1])
if not record then return false end
if string.sub(record, -1) ~= ' ' then return record end
redis.call('APPEND', KEYS[1], ARGV[1])
return 1
`

/** KEYS: the records, in one slot. Replies with each, or nil. */
export const readScript: string = `
return redis.call('MGET', unpack(KEYS))
`
