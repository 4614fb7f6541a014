// A record is one hash, so that all of it is in one slot. It has a field for each use, named by its owner, whose value
// is the state (l: leased, c: committed, d: committed with its delivery handled), the end of the lease as 13 digits
// (epoch milliseconds, by the server's clock), and the delivery ID.

const time = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local function format_entry(state, lease, delivery)
  return state .. string.format('%013.0f', now + lease) .. delivery
end
local function extend_record(lease)
  if redis.call('PTTL', KEYS[1]) < lease then redis.call('PEXPIRE', KEYS[1], lease) end
end
`

// A server that is out of memory denies commands that may need more, but only as the first write of a script. This
// first write needs none; the writes after it replace a value with one of the same length.
const prepare = `
redis.call('HDEL', KEYS[1], '')
local entry = redis.call('HGET', KEYS[1], ARGV[1])
`

/** KEYS: the record. ARGV: owner, maxUses, lease and life of the record (milliseconds), delivery ID. */
export const reserveScript: string = `${time}
local owner, max_uses, lease, life, delivery = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local entries = redis.call('HGETALL', KEYS[1])
local taken, same_count, leased, completed, running = 0, 0, false, false, false
for i = 1, #entries, 2 do
  local state = string.sub(entries[i + 1], 1, 1)
  local live = tonumber(string.sub(entries[i + 1], 2, 14)) > now
  if state == 'l' and not live then
    redis.call('HDEL', KEYS[1], entries[i])
  else
    if entries[i] == owner then return 'reserved' end
    local same = delivery ~= '' and string.sub(entries[i + 1], 15) == delivery
    taken = taken + 1
    if same then same_count = same_count + 1 end
    leased = leased or state == 'l'
    completed = completed or (same and state == 'd')
    running = running or (same and state ~= 'd' and live)
  end
end
local named = string.sub(delivery, 1, 3) == 'id:'
if completed and (named or (taken >= max_uses and same_count == 1)) then return 'duplicate' end
if running and named then return 'in_progress' end
if taken >= max_uses then return (running or leased) and 'in_progress' or 'already_used' end
redis.call('HSET', KEYS[1], owner, format_entry('l', lease, delivery))
if #entries == 0 then
  redis.call('PEXPIRE', KEYS[1], math.max(life, lease))
else
  extend_record(math.max(life, lease))
end
return 'reserved'
`

/** KEYS: the record. ARGV: owner, lease (milliseconds). */
export const renewScript: string = `${time}${prepare}
if not entry or string.sub(entry, 1, 1) == 'd' then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], format_entry(string.sub(entry, 1, 1), tonumber(ARGV[2]), string.sub(entry, 15)))
extend_record(tonumber(ARGV[2]))
return 1
`

/** KEYS: the record. ARGV: owner, delivery ID. */
export const commitScript: string = `${prepare}
if not entry then return 0 end
local state = string.sub(entry, 1, 1)
if state ~= 'd' and ARGV[2] ~= '' then
  redis.call('HSET', KEYS[1], ARGV[1], 'd' .. string.sub(entry, 2, 14) .. ARGV[2])
elseif state == 'l' then
  redis.call('HSET', KEYS[1], ARGV[1], 'c' .. string.sub(entry, 2))
end
return 1
`

/** KEYS: the record. ARGV: owner. */
export const releaseScript: string = `${prepare}
if entry and string.sub(entry, 1, 1) == 'l' then redis.call('HDEL', KEYS[1], ARGV[1]) end
return 0
`
