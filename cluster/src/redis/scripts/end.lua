-- A node's life ends in order. KEYS: the head. ARGV: line, node, life, how many messages of it there were.
if redis.call('HGET', KEYS[1], 'line') == ARGV[1] then
  redis.call('HSET', KEYS[1], 'by:' .. ARGV[2], ARGV[3] .. ' ' .. ARGV[4] .. ' 1')
end
return { 'ok', ARGV[4] }
