-- What wrk sends: the lines of a file, one after the other, each a token, an address and a body with tabs between them, or
-- GET and a path instead of a body.
-- Counts as an error whatever is not 200, and an answer that holds errors or refuses.
local threads = {}
function setup(thread) table.insert(threads, thread) end

function init(args)
   sent, failed, asked = 0, 0, {}
   for line in io.lines(args[1]) do
      local token, address, body = line:match("^([^\t]*)\t([^\t]*)\t(.*)$")
      -- As what is asked one by one says it (traffic.py): what a client takes is part of a question whose answer is kept.
      local headers = { ["content-type"] = "application/json", ["accept-encoding"] = "identity" }
      if token ~= "" then headers["authorization"] = "Bearer " .. token end
      if address ~= "" then headers["x-forwarded-for"] = address end
      local path = body:match("^GET(.*)$")
      table.insert(asked, path and wrk.format("GET", path ~= "" and path or nil, { ["accept-encoding"] = "identity" }) or wrk.format("POST", nil, headers, body))
   end
   lines = #asked
end

function request()
   sent = sent + 1
   return asked[(sent - 1) % lines + 1]
end

function response(status, _, body)
   if status ~= 200 or body:find('"errors":[{', 1, true) or body:find('"userErrors":[{', 1, true) then failed = failed + 1 end
end

function done(summary, latency, _)
   local failed, sent, lines = 0, 0, 0
   for _, thread in ipairs(threads) do
      failed, sent, lines = failed + thread:get("failed"), sent + thread:get("sent"), lines + thread:get("lines")
   end
   local broken = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
   io.write(string.format('\nRESULT {"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"errors":%d,"sent":%d,"lines":%d,"bytes":%d}\n',
      summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), failed + broken, sent, lines, summary.bytes))
end
