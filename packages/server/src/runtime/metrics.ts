/**
 * The numbers for `/metrics` (Prometheus text format). Names follow Prometheus' habits: base units,
 * `_total` for counters. Labels have few values each: never a repository, a digest or an address.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = {
  /** `route` is the name of an endpoint (`oci-api/routes.ts`), or a word for what is none. */
  recordRequest(request: { route: string; method: string; status: number; seconds: number; receivedBytes: number; sentBytes: number }): void;
  recordCollected(kind: 'manifest' | 'link' | 'blob', count: number, bytes: number): void;
  recordScrubbed(blobs: number, bytes: number): void;
  /** `outcome`: done, again, dead or released. */
  recordJob(kind: string, outcome: string, seconds: number): void;
  /** Asked for at every scrape. */
  countJobs(count: () => Promise<readonly { kind: string; state: string; count: number }[]>): void;
  /** A blob was set aside. */
  recordRot(): void;
  /** Of the TLS certificate in use; epoch milliseconds. */
  recordCertificate(expiresAt: number): void;
  /** Prometheus text exposition format 0.0.4. */
  render(): Promise<string>;
  readonly contentType: string;
};

export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'naru_http_requests_total',
    help: 'Answers, by endpoint, method and status.',
    labelNames: ['route', 'method', 'status'],
    registers,
  });
  const seconds = new Histogram({
    name: 'naru_http_request_duration_seconds',
    help: 'Time until the answer was ready to be sent, by endpoint.',
    labelNames: ['route'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120, 600],
    registers,
  });
  const received = new Counter({ name: 'naru_http_received_bytes_total', help: 'Declared bytes of request bodies.', registers });
  const sent = new Counter({ name: 'naru_http_sent_bytes_total', help: 'Bytes of answers.', registers });
  const collected = new Counter({ name: 'naru_collected_total', help: 'What garbage collection took.', labelNames: ['kind'], registers });
  const collectedBytes = new Counter({ name: 'naru_collected_bytes_total', help: 'Bytes that garbage collection freed.', registers });
  const scrubbed = new Counter({ name: 'naru_scrubbed_blobs_total', help: 'Blobs that the scrub has re-hashed.', registers });
  const scrubbedBytes = new Counter({ name: 'naru_scrubbed_bytes_total', help: 'Bytes that the scrub has re-hashed.', registers });
  const rotten = new Counter({ name: 'naru_rotten_blobs_total', help: 'Blobs whose bytes no longer match their digest.', registers });
  const jobs = new Counter({ name: 'naru_jobs_total', help: 'Jobs that ran, by kind and what became of them.', labelNames: ['kind', 'outcome'], registers });
  const jobSeconds = new Counter({ name: 'naru_job_seconds_total', help: 'Time that jobs ran, by kind.', labelNames: ['kind'], registers });
  new Gauge({ name: 'naru_build_info', help: 'The version that runs; always 1.', labelNames: ['version'], registers }).set({ version }, 1);
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory of the server.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Gauge({
    name: 'process_cpu_seconds_total',
    help: 'CPU time of the server, user and system.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.set((user + system) / 1e6);
    },
  });

  const expiry = new Gauge({
    name: 'naru_tls_certificate_expiry_timestamp_seconds',
    help: 'When the TLS certificate in use expires (Unix time); 0 without TLS.',
    registers,
  });

  return {
    contentType: registry.contentType,
    recordRequest({ route, method, status, seconds: took, receivedBytes, sentBytes }) {
      requests.inc({ route, method, status });
      seconds.observe({ route }, took);
      if (receivedBytes > 0) received.inc(receivedBytes);
      if (sentBytes > 0) sent.inc(sentBytes);
    },
    recordCollected(kind, count, bytes) {
      collected.inc({ kind }, count);
      collectedBytes.inc(bytes);
    },
    recordScrubbed(blobs, bytes) {
      scrubbed.inc(blobs);
      scrubbedBytes.inc(bytes);
    },
    recordRot: () => rotten.inc(),
    recordJob(kind, outcome, took) {
      jobs.inc({ kind, outcome });
      jobSeconds.inc({ kind }, took);
    },
    countJobs(count) {
      new Gauge({
        name: 'naru_jobs',
        help: 'Jobs that there are, by kind and state.',
        labelNames: ['kind', 'state'],
        registers,
        async collect() {
          for (const { kind, state, count: value } of await count()) this.set({ kind, state }, value);
        },
      });
    },
    recordCertificate: (expiresAt) => expiry.set(expiresAt / 1000),
    render: () => registry.metrics(),
  };
}
