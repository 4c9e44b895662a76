-- wrk asks the lines of a file in turn: the path, then a list in JSON if it is to be posted, then any headers as
-- "Name: value", parted by tabs.
-- At the end it prints one line of JSON.

local threads = 0

function setup(thread)
   thread:set("number", threads)
   threads = threads + 1
end

local requests, position = {}, 0

function init(args)
   for line in io.lines(args[1]) do
      local path, rest = line:match("^([^\t]*)(.*)$")
      local body, headers = rest:match("^\t(%[[^\t]*)"), {}
      if body then
         rest = rest:sub(#body + 2)
         headers["Content-Type"] = "application/json"
      end
      for name, value in rest:gmatch("\t([^:\t]+): ([^\t]*)") do headers[name] = value end
      requests[#requests + 1] = wrk.format(body and "POST" or "GET", path, headers, body)
   end
   math.randomseed(os.time() + 7919 * number) -- each burst and thread starts elsewhere
   position = math.random(0, #requests - 1)
end

function request()
   position = position % #requests + 1
   return requests[position]
end

function done(summary, latency, requests)
   local errors = summary.errors
   io.write(string.format(
      '\n{"requests": %d, "duration_us": %d, "bytes": %d, "p50_us": %.0f, "p99_us": %.0f, "refused": %d, "broken": %d}\n',
      summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
      errors.status, errors.connect + errors.read + errors.write + errors.timeout
   ))
end
