-- Prints what wrk.ts reads: one line, "summary " and JSON. Times are microseconds.
done = function(summary, latency)
  local e = summary.errors
  print(string.format('summary {"requests":%d,"seconds":%f,"p50Micros":%f,"p99Micros":%f,"errors":%d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
