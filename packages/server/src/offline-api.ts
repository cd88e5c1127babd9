/** /api/v1 on a folder that no server uses, for `naru admin`: the same rules, as the operator. */
import type { Config } from './config/config.ts';
import { createWishDesk } from './deploy/wishes.ts';
import { createLiveEvents } from './events/live-events.ts';
import { createImageFiles } from './files/image-files.ts';
import type { Reply } from './http/reply.ts';
import { createHubApi } from './hub-api/router.ts';
import { collectOnce } from './lifecycle/admin.ts';
import { hubSettings, openIdentity } from './open-identity.ts';
import { openGate } from './open-gate.ts';
import { openFindings } from './open-findings.ts';
import { openMail } from './open-mail.ts';
import { openWebhooks } from './open-webhooks.ts';
import { openScanners, scannerNames } from './open-scanners.ts';
import { openStores, registryLimits } from './open-stores.ts';
import { createRegistry } from './registry/registry.ts';
import { systemClock } from './runtime/clock.ts';
import { newRequestId } from './runtime/ids.ts';
import { silentLog } from './runtime/log.ts';
import { systemSleep } from './runtime/sleep.ts';
import { createSearch } from './search/search.ts';

export type OfflineRequest = { readonly method: string; readonly path: string; readonly body: string };

export async function runApiOffline(config: Config, { method, path, body }: OfflineRequest): Promise<{ status: number; body: string }> {
  await using stores = await openStores({ data: config.data, quotaBytes: config.repositories.quotaBytes });
  const identity = openIdentity({ ...stores, config, clock: systemClock });
  const registry = createRegistry({ ...stores, limits: registryLimits(config) });
  const security = openFindings({ rows: stores.rows, registry, clock: systemClock, profile: config.profile, scanners: scannerNames(config.scanners) });
  const { gate, shown, facts, signatures } = openGate({ rows: stores.rows, registry, checks: security.checks, clock: systemClock });
  const operator = identity.callers.operator();
  const mail = openMail({ rows: stores.rows, users: identity.users, config, clock: systemClock });
  const baseUrl = config.http.publicUrl ?? 'http://localhost';
  const scanners = openScanners({
    rows: stores.rows,
    registry,
    config: config.scanners,
    tokens: identity.scannerTokens,
    baseUrl: () => baseUrl,
    clock: systemClock,
  });
  const api = createHubApi({
    parts: {
      rows: stores.rows,
      registry,
      identity,
      events: createLiveEvents({ rows: stores.rows, clock: systemClock, sleep: systemSleep }),
      files: createImageFiles({ rows: stores.rows.files, jobs: stores.rows.jobs, registry, clock: systemClock }),
      gate,
      shown,
      facts,
      signatures,
      findings: security.findings,
      scanners: scanners.scanners,
      search: createSearch(stores.rows.hub.search),
      mail: mail?.part,
      webhooks: openWebhooks({ rows: stores.rows, registry, mailer: mail?.mailer, clock: systemClock, baseUrl: () => baseUrl }).rules,
      wishes: createWishDesk({ rows: stores.rows, clock: systemClock, sleep: systemSleep }),
      profile: config.profile,
      clock: systemClock,
      collect: (wanted) => collectOnce(stores, wanted, config.collection),
      settings: hubSettings(config),
    },
    identify: async () => operator,
    log: silentLog,
  });
  const question = path.indexOf('?');
  const answer = await api.answer({
    id: newRequestId(),
    method,
    path: decodeURIComponent(question < 0 ? path : path.slice(0, question)),
    query: new URLSearchParams(question < 0 ? '' : path.slice(question + 1)),
    header: () => undefined,
    contentLength: undefined,
    body: bodyOf(body),
    remoteAddress: 'local',
    scheme: 'http',
    host: 'localhost',
  });
  return { status: answer.status, body: await textOf(answer.body) };
}

/** Documents, such as an SBOM, are streams; nobody asks here for one that has no end. */
async function textOf(body: Reply['body']): Promise<string> {
  if (typeof body === 'string') return body;
  return body !== undefined && 'kind' in body && body.kind === 'live' ? new Response(body.stream).text() : '';
}

async function* bodyOf(text: string): AsyncGenerator<Uint8Array> {
  if (text !== '') yield Buffer.from(text);
}
