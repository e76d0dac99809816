-- Reads a tenant's sequence.
-- KEYS: the head; then the streams. ARGV: node, life, the number after which or "" (then the last), how many of each stream,
-- the line of which the caller knows, and the lowest head it can live with if it is another.
local line, head, from, goes_on, by = unpack(redis.call('HMGET', KEYS[1], 'line', 'head', 'from', 'goes_on', 'by:' .. ARGV[1]))
if not line then return { 'none' } end
if not tonumber(head or '') or not tonumber(from or '') then return { 'spoiled', line } end
if line ~= ARGV[5] and tonumber(head) < tonumber(ARGV[6]) then
  head = ARGV[6]
  redis.call('HSET', KEYS[1], 'head', head)
end
local life, done = string.match(by or '', '^(%S+) (%d+) %d$')
if life ~= ARGV[2] then done = '0' end
local answer = { 'ok', line, head, from, goes_on or '0', done }
local many = tonumber(ARGV[4])
for at = 2, #KEYS - 1 do
  local entries = {}
  if many > 0 then
    if ARGV[3] == '' then
      entries = redis.pcall('XREVRANGE', KEYS[at], '+', '-', 'COUNT', many)
    else
      entries = redis.pcall('XRANGE', KEYS[at], '(' .. ARGV[3] .. '-0', '+', 'COUNT', many)
    end
  end
  if entries.err then return { 'spoiled', line } end
  answer[#answer + 1] = entries
end
return answer
