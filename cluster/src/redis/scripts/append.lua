-- Puts messages behind a tenant's sequence, in one step, and only where the caller believes it to be.
-- KEYS: the head; then the streams. ARGV: line, node, life, "1" if a torn end of the node's life before is known,
-- the head that is expected or "", the number of the first message or "", most messages of a stream, seconds to keep;
-- then of each message: which stream, its count, who sent it, itself, its authentication code.
local kept = redis.call('HMGET', KEYS[1], 'line', 'head', 'by:' .. ARGV[2])
if not kept[1] then return { 'none' } end
if kept[1] ~= ARGV[1] then return { 'other' } end
local head = tonumber(kept[2] or '')
if not head then return { 'spoiled', kept[1] } end
local life, done, ended = string.match(kept[3] or '', '^(%S+) (%d+) (%d)$')
if life ~= ARGV[3] then
  if life and ended == '0' and ARGV[4] ~= '1' then return { 'torn' } end
  done = '0'
end
done = tonumber(done)
if ARGV[5] ~= '' then
  if head ~= tonumber(ARGV[5]) then return { 'moved' } end
  head = tonumber(ARGV[6]) - 1
end
local first, skipped = head + 1, 0
for at = 9, #ARGV, 5 do
  local n = tonumber(ARGV[at + 1])
  if n > done then
    local key, id = KEYS[1 + tonumber(ARGV[at])], string.format('%.0f-0', head + 1)
    local added = redis.pcall('XADD', key, 'MAXLEN', '~', ARGV[7], id,
      'by', ARGV[at + 2], 'n', ARGV[at + 1], 'event', ARGV[at + 3], 'mac', ARGV[at + 4])
    if type(added) == 'table' and added.err then
      -- Out of memory is no answer about the sequence; a place that is taken is.
      if string.find(added.err, 'XADD', 1, true) or string.find(added.err, 'WRONGTYPE', 1, true) then
        return { 'spoiled', kept[1] }
      end
      return added
    end
    redis.call('EXPIRE', key, ARGV[8])
    head, done = head + 1, n
  else
    skipped = skipped + 1
  end
end
local said = string.format('%.0f', head)
redis.call('HSET', KEYS[1], 'head', said, 'by:' .. ARGV[2], ARGV[3] .. ' ' .. string.format('%.0f', done) .. ' 0')
redis.call('EXPIRE', KEYS[1], ARGV[8])
redis.call('PUBLISH', KEYS[#KEYS], said)
return { 'ok', string.format('%.0f', first), said, skipped }
