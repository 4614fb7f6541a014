// A record is one hash, so that all of it is in one slot. It has a field for each use, named by its owner, whose value
// is the state (l: leased, c: committed, d: committed with its delivery handled), the end of the lease and the time of
// the commit as 13 digits each (epoch milliseconds, by the server's clock; zeros: not committed), and the delivery id.

const time = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local function format_time(ms)
  return string.format('%013.0f', ms)
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

/**
 * KEYS: the record. ARGV: owner, maxUses, lease, life of the record and duplicateMs (milliseconds), delivery id. Replies
 * with a result, and the time of the last commit after `already_used`.
 */
export const reserveScript: string = `${time}
local owner, max_uses, lease, life = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local duplicate_ms, delivery = tonumber(ARGV[5]), ARGV[6]
local entries = redis.call('HGETALL', KEYS[1])
local taken, same_count, last_commit, leased, completed, running = 0, 0, 0, false, false, false
for i = 1, #entries, 2 do
  local state = string.sub(entries[i + 1], 1, 1)
  local live = tonumber(string.sub(entries[i + 1], 2, 14)) > now
  local committed_at = tonumber(string.sub(entries[i + 1], 15, 27))
  if state == 'l' and not live then
    redis.call('HDEL', KEYS[1], entries[i])
  else
    if entries[i] == owner then return 'reserved' end
    local same = delivery ~= '' and string.sub(entries[i + 1], 28) == delivery
    taken = taken + 1
    last_commit = math.max(last_commit, committed_at)
    if same then same_count = same_count + 1 end
    leased = leased or state == 'l'
    completed = completed or (same and state == 'd' and now - committed_at <= duplicate_ms)
    running = running or (same and state ~= 'd' and live)
  end
end
local named = string.sub(delivery, 1, 3) == 'id:'
if completed and (named or (taken >= max_uses and same_count == 1)) then return 'duplicate' end
if running and named then return 'in_progress' end
if taken >= max_uses then
  return (running or leased) and 'in_progress' or 'already_used ' .. format_time(last_commit)
end
redis.call('HSET', KEYS[1], owner, 'l' .. format_time(now + lease) .. format_time(0) .. delivery)
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
local leased_until = format_time(now + tonumber(ARGV[2]))
redis.call('HSET', KEYS[1], ARGV[1], string.sub(entry, 1, 1) .. leased_until .. string.sub(entry, 15))
extend_record(tonumber(ARGV[2]))
return 1
`

/** KEYS: the record. ARGV: owner, delivery id. */
export const commitScript: string = `${time}${prepare}
if not entry then return 0 end
local state, leased_until, delivery = string.sub(entry, 1, 1), string.sub(entry, 2, 14), string.sub(entry, 28)
local committed_at = state == 'l' and format_time(now) or string.sub(entry, 15, 27)
if state ~= 'd' and ARGV[2] ~= '' then
  redis.call('HSET', KEYS[1], ARGV[1], 'd' .. leased_until .. committed_at .. ARGV[2])
elseif state == 'l' then
  redis.call('HSET', KEYS[1], ARGV[1], 'c' .. leased_until .. committed_at .. delivery)
end
return 1
`

/** KEYS: the record. ARGV: owner. */
export const releaseScript: string = `${prepare}
if entry and string.sub(entry, 1, 1) == 'l' then redis.call('HDEL', KEYS[1], ARGV[1]) end
return 0
`
