/** Scanners of others, wired. */
import type { Digest } from '@naru/oci/digest';
import { tallyImageJob } from './advisories/tallies/tally-jobs.ts';
import type { Config } from './config/config.ts';
import { readNamedFile } from './config/named-file.ts';
import type { EventConsumer } from './events/consumers.ts';
import { judgeCheckedJob } from './gate/judge-jobs.ts';
import type { ScannerTokens } from './identity/scanner-token.ts';
import type { JobKind } from './jobs/job-kind.ts';
import type { MetadataStore } from './metadata/port.ts';
import { parseNetwork } from './network/network.ts';
import { findingsNotice } from './notifications/notice-job.ts';
import type { Clock } from './runtime/clock.ts';
import { systemSleep } from './runtime/sleep.ts';
import type { Adapter } from './scanners/ask-adapter.ts';
import { createAdapterScanner } from './scanners/adapter-scanner.ts';
import { clamdName, createClamdScanner } from './scanners/clamd-scanner.ts';
import { imagesToScan, scanEarlierJob, scanKinds } from './scanners/scan-images.ts';
import type { Scanner } from './scanners/scanner.ts';
import type { Registry } from './registry/registry.ts';

export type OpenScanners = {
  readonly scanners: readonly Scanner[];
  readonly consumer: EventConsumer;
  readonly jobKinds: readonly JobKind[];
  /** Forgets what scanners said that are named no more, and lets the others look at what is there. */
  start(): Promise<void>;
};

type ScannerParts = {
  readonly rows: MetadataStore;
  readonly registry: Registry;
  readonly config: Config['scanners'];
  readonly tokens: ScannerTokens;
  readonly baseUrl: () => string;
  readonly clock: Clock;
};

const perTransaction = 200;

export function openScanners({ rows, registry, config, tokens, baseUrl, clock }: ScannerParts): OpenScanners {
  const { listHolders } = rows.gate.verdicts;
  const adapterParts = { ...rows, baseUrl, clock, sleep: systemSleep, listHolders, issueToken: tokens.issue };
  const { clamd, clamdTimeoutMs, clamdFileMaxBytes } = config;
  const scanners = [
    ...config.adapters.map((settings) => createAdapterScanner(toAdapter(settings), adapterParts)),
    ...(clamd === undefined ? [] : [createClamdScanner({ address: clamd, timeoutMs: clamdTimeoutMs, fileMaxBytes: clamdFileMaxBytes, registry, listHolders })]),
  ];
  const parts = {
    ...rows,
    scanners,
    clock,
    everyMs: config.intervalMs,
    onScanned: (image: Digest) => rows.jobs.enqueue([judgeCheckedJob(image), tallyImageJob(image), findingsNotice(image)], clock.now()),
  };
  return {
    scanners,
    consumer: imagesToScan(parts),
    jobKinds: scanKinds(parts),
    async start() {
      const names = scanners.map(({ name }) => name);
      while ((await rows.scans.keepOnly(names, perTransaction)) === perTransaction);
      await rows.jobs.enqueue(scanners.map(scanEarlierJob), clock.now());
    },
  };
}

/** The names of all that are configured. */
export function scannerNames({ adapters, clamd }: Config['scanners']): string[] {
  return [...adapters.map(({ name }) => name), ...(clamd === undefined ? [] : [clamdName])];
}

/** Throws NamedFileError. */
function toAdapter({
  name,
  url,
  username,
  password,
  passwordFile,
  token,
  tokenFile,
  timeout,
  networks,
  registryUrl,
}: Config['scanners']['adapters'][number]): Adapter {
  const key = `scanners.adapters, ${name}`;
  const secret = passwordFile === undefined ? password : readNamedFile(passwordFile, key);
  const bearer = tokenFile === undefined ? token : readNamedFile(tokenFile, key);
  const basic = username === undefined ? undefined : `Basic ${Buffer.from(`${username}:${secret ?? ''}`).toString('base64')}`;
  const authorization = bearer === undefined ? basic : `Bearer ${bearer}`;
  return {
    name,
    url,
    timeoutMs: timeout,
    networks: networks.map(parseNetwork).filter((network) => network !== undefined),
    ...(authorization !== undefined && { authorization }),
    ...(registryUrl !== undefined && { registryUrl: registryUrl.replace(/\/+$/, '') }),
  };
}
