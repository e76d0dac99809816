-- Counts what a node took of budgets; answers how many nodes there are, and of each budget how long it needs to be whole again,
-- whoever took from it.
-- KEYS: the nodes, by when each said last that it is here; then the budgets, each the moment at which it is whole, in microseconds
-- on this server's clock. ARGV: the node's name, seconds after which one that said nothing is not counted; then of each budget
-- what was taken of it, in microseconds of refilling.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
redis.call('ZADD', KEYS[1], time[1], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. string.format('%.0f', time[1] - ARGV[2]))
redis.call('EXPIRE', KEYS[1], ARGV[2])
local answer = { redis.call('ZCARD', KEYS[1]) }
for at = 2, #KEYS do
  local whole = math.max(tonumber(redis.call('GET', KEYS[at]) or '') or 0, now) + tonumber(ARGV[at + 1])
  -- An hour at most: whoever set the clock or wrote here must not lock anybody out for longer.
  local owed = math.min(whole - now, 3600000000)
  if owed > 0 then
    redis.call('SET', KEYS[at], string.format('%.0f', now + owed), 'PX', math.ceil(owed / 1000))
  end
  answer[at] = math.floor(owed)
end
return answer
