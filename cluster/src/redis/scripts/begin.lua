-- Begins a tenant's sequence, unless somebody else did meanwhile.
-- KEYS: the head; then the streams. ARGV: the new line, the line it replaces or "", the number beneath the first, "1" if that is
-- certain (else it is raised above everything that could have been given before), "1" if it goes on from what others have
-- seen, seconds to keep.
local line = redis.pcall('HGET', KEYS[1], 'line')
if type(line) == 'string' and line ~= ARGV[2] then return { 'other' } end
local from = tonumber(ARGV[3])
if ARGV[4] ~= '1' then
  local now = redis.call('TIME')
  from = math.max(from, now[1] * 1000000 + now[2])
end
for at = 1, #KEYS - 1 do redis.call('DEL', KEYS[at]) end
from = string.format('%.0f', from)
redis.call('HSET', KEYS[1], 'line', ARGV[1], 'head', from, 'from', from, 'goes_on', ARGV[5])
redis.call('EXPIRE', KEYS[1], ARGV[6])
return { 'ok', from }
