/**
 * The composition root: wires the stores, the rules, the API and the background work, and listens.
 * Disposing undoes it in reverse.
 */
import type { Digest } from '@naru/oci/digest';
import { fetchAdvisories, fetchJob } from './advisories/fetch/fetch-advisories.ts';
import { talliedEvents } from './advisories/tallies/tally-jobs.ts';
import { runAdvisoryRequest } from './advisories/run-advisory-request.ts';
import { createAuthApi, keysPath, tokenPath } from './auth-api/router.ts';
import type { Config } from './config/config.ts';
import type { SettingInForce } from './config/in-force.ts';
import type { HubParts } from './hub-api/parts.ts';
import type { Caller } from './access/caller.ts';
import { speaksTls } from './config/exposure.ts';
import { isLoopback } from './network/loopback.ts';
import { parseNetwork } from './network/network.ts';
import { createControlRouter } from './control-api/router.ts';
import { expireInstances } from './deploy/expire-instances.ts';
import { deployOnPush, followPushes } from './deploy/follow-pushes.ts';
import { createWishDesk } from './deploy/wishes.ts';
import { startEventConsumers } from './events/consumers.ts';
import { createLiveEvents } from './events/live-events.ts';
import { pruneEvents } from './events/prune-events.ts';
import { createImageFiles } from './files/image-files.ts';
import { indexImages, pruneLayerFiles } from './files/index-image.ts';
import { judgedEvents } from './gate/judge-jobs.ts';
import { goldenMoves, markOutdated } from './golden/mark-outdated.ts';
import { observeRequests } from './http/access-log.ts';
import { refuseForeignPage } from './http/foreign-pages.ts';
import { answerPlain } from './http/routes.ts';
import { createOriginReader } from './http/origin.ts';
import { type HttpServerOptions, startHttpServer } from './http/server.ts';
import { strictTransport } from './http/strict-transport.ts';
import { startTlsServer } from './http/tls-server.ts';
import { ensureAdministrator, type FirstAdministrator } from './identity/first-administrator.ts';
import { keepHouse } from './identity/housekeeping.ts';
import { apiPrefix } from './hub-api/match.ts';
import { answerDockerSearch, dockerSearchPrefix } from './hub-api/docker-search.ts';
import { createMetricsReader, metricsPath } from './hub-api/metrics.ts';
import { answerSignInProblem, signInProblemPath } from './hub-api/sign-in-problem-page.ts';
import { createHubApi, type HubApi } from './hub-api/router.ts';
import { imagesToRead, prunePackages, readEarlierInventories, readInventories } from './inventory/read-inventory.ts';
import { attachedDocuments, readAttachedSboms, readEarlierSboms, startReadingEarlier } from './inventory/sbom/read-attached.ts';
import { openAudit } from './open-audit.ts';
import { openDirectory } from './open-directory.ts';
import { hubSettings, openIdentity } from './open-identity.ts';
import { describeRepositories, pushedImages } from './hub/describe-repository.ts';
import { createPullCounts } from './hub/pull-counts.ts';
import { recordUsage } from './hub/usage-days.ts';
import { recheckBadges } from './hub/recheck-badges.ts';
import { prunePulls } from './hub/prune-pulls.ts';
import { openGate } from './open-gate.ts';
import { openFindings } from './open-findings.ts';
import { openMail } from './open-mail.ts';
import { openSboms } from './open-sboms.ts';
import { openScanners, scannerNames } from './open-scanners.ts';
import { openWebhooks } from './open-webhooks.ts';
import { notificationJobs } from './open-notifications.ts';
import { badgeDoubtNotice } from './notifications/notice-job.ts';
import { notifyOfEvents } from './notifications/notify.ts';
import { pruneDeadJobs } from './jobs/prune-dead.ts';
import { startJobRunner } from './jobs/runner.ts';
import { collectOnce, runAdminRequest } from './lifecycle/admin.ts';
import { countReport } from './lifecycle/count-report.ts';
import { retentionJob } from './retention/retention.ts';
import { readEarlierImages } from './lineage/read-earlier-images.ts';
import { startSchedule } from './lifecycle/schedule.ts';
import { systemSleep } from './runtime/sleep.ts';
import { createOciApi } from './oci-api/router.ts';
import { advisoryParts, type OpenStores, openStores, registryLimits } from './open-stores.ts';
import { answerPage } from './pages/answer-page.ts';
import { openPages } from './pages/open-pages.ts';
import { createRegistry } from './registry/registry.ts';
import { every } from './runtime/every.ts';
import { type Clock, systemClock } from './runtime/clock.ts';
import { jitter, newLease } from './runtime/ids.ts';
import { type Log, silentLog } from './runtime/log.ts';
import { createMetrics, type Metrics } from './runtime/metrics.ts';
import { version } from './runtime/version.ts';
import { createSearch } from './search/search.ts';
import { openServerCertificate, type ServerCertificate } from './tls/server-certificate.ts';

export type App = {
  readonly url: string;
  readonly port: number;
  /** When it was made by this start. */
  readonly administrator?: FirstAdministrator;
  /** Absent without TLS. */
  readonly certificate?: ServerCertificate;
  /** Takes no new requests and lets those under way end, as long as the configuration grants. */
  drain(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

export type AppOptions = {
  readonly config: Config;
  /** Where each setting was written, for who runs the server. */
  readonly inForce?: readonly SettingInForce[];
  /** The folder of the built pages. */
  readonly pages?: string;
  readonly clock?: Clock;
  readonly log?: Log;
};

/** Throws DataFolderError and the like for what an operator must mend. Nothing stays open then. */
export async function createApp({ config, inForce, pages: pagesFolder, clock = systemClock, log = silentLog }: AppOptions): Promise<App> {
  await using opened = new AsyncDisposableStack();
  const metrics = createMetrics(version);
  const stores = opened.use(
    await openStores({
      data: config.data,
      clock,
      log,
      onRot: metrics.recordRot,
      visibility: config.profile === 'private' ? 'private' : 'public',
      quotaBytes: config.repositories.quotaBytes,
    }),
  );
  const registry = createRegistry({ ...stores, limits: registryLimits(config) });
  const directory = openDirectory({ rows: stores.rows.identity, config, clock, log });
  const audit = opened.use(openAudit({ ...stores, config, clock, log }));
  const identity = openIdentity({ ...stores, config, clock, directory: directory?.signIn, log, audit });
  const mail = openMail({ rows: stores.rows, users: identity.users, config, clock });
  const administrator = config.profile === 'local' ? undefined : await ensureAdministrator(stores.rows.identity, identity.users, config.admin);
  const counts = opened.use(createPullCounts({ rows: stores.rows.hub.pulls, clock, log, every }));
  const security = openFindings({ rows: stores.rows, registry, clock, profile: config.profile, scanners: scannerNames(config.scanners) });
  const gate = openGate({ rows: stores.rows, registry, checks: security.checks, clock });
  const api = createOciApi({
    registry,
    gate: gate.gate,
    callers: identity.callers,
    findMoved: identity.findMoved,
    onManifest(served) {
      // A scanner that looks at an image uses it no more than the server does.
      if (served.caller.credential.kind === 'scanner') return;
      counts.record(served);
      if (served.method === 'GET') audit?.pulls?.record(served);
    },
    onRefused: audit?.refusals.request,
    limits: config.limits,
    log,
  });
  const auth = createAuthApi({ ...identity, log });
  const live = createLiveEvents({ rows: stores.rows, clock, sleep: systemSleep });
  const search = createSearch(stores.rows.hub.search);
  let baseUrl = config.http.publicUrl ?? '';
  const webhooks = openWebhooks({ rows: stores.rows, registry, mailer: mail?.mailer, clock, baseUrl: () => baseUrl });
  const wishes = createWishDesk({ rows: stores.rows, clock, sleep: systemSleep });
  const sboms = openSboms({ rows: stores.rows, registry, attach: config.inventory.attach, clock, log });
  const onRead = async (image: Digest) => {
    await security.onRead(image);
    await sboms.onRead(image);
  };
  const inventoryParts = { rows: stores.rows.inventory, jobs: stores.rows.jobs, registry, clock, onRead };
  const scanners = openScanners({ rows: stores.rows, registry, config: config.scanners, tokens: identity.scannerTokens, baseUrl: () => baseUrl, clock });
  const attachedParts = { ...stores.rows, registry, clock, onRead: security.onRead };
  const fileParts = { rows: stores.rows.files, registry, clock };
  const hub = createHubApi({
    parts: {
      rows: stores.rows,
      registry,
      identity,
      mail: mail?.part,
      events: live,
      webhooks: webhooks.rules,
      wishes,
      search,
      files: createImageFiles({ ...fileParts, jobs: stores.rows.jobs }),
      gate: gate.gate,
      shown: gate.shown,
      facts: gate.facts,
      signatures: gate.signatures,
      findings: security.findings,
      scanners: scanners.scanners,
      profile: config.profile,
      clock,
      collect: collectIn(stores, config, metrics, opened),
      settings: hubSettings(config),
      inForce,
    },
    identify: identity.callers.identifyBrowser,
    log,
  });

  let draining = false;
  const health = {
    async check(): Promise<void> {
      if (draining) throw new Error('the server is shutting down');
      try {
        await stores.rows.repositories.list({ limit: 1 });
      } catch (error) {
        // What went wrong is the operator's to read, and not everybody's.
        log.error('the server is not ready', { error });
        throw new Error('the database cannot be read, see the log', { cause: error });
      }
    },
  };

  const pages = pagesFolder === undefined ? undefined : openPages(pagesFolder);
  const certificate = speaksTls(config) ? await openServerCertificate({ config, folder: stores.folder.tls, clock, log, metrics }) : undefined;
  const dockerSearch = { search, identify: identity.callers.identify, profile: config.profile, log };
  const plain = { health, ca: certificate?.authority?.ca };
  const readMetrics = createMetricsReader({
    metrics,
    identify: identity.callers.identifyBrowser,
    profile: config.profile,
    networks: config.metrics.networks,
    knowsProxies: config.http.trustedProxies.length > 0,
    log,
  });
  const server = await listen({
    config,
    certificate,
    router: strictTransport(config, async (request) => {
      refuseForeignPage(request, { hasAccounts: config.profile !== 'local' });
      if (request.path.startsWith('/v2')) return api.answer(request);
      if (request.path.startsWith(`${apiPrefix}/`)) return hub.answer(request);
      if (request.path.startsWith(dockerSearchPrefix)) return answerDockerSearch(request, dockerSearch);
      if (config.profile !== 'local' && (request.path === tokenPath || request.path === keysPath)) return auth.answer(request);
      if (request.path === metricsPath) return readMetrics(request);
      if (request.path === signInProblemPath) return answerSignInProblem(request);
      return answerPage(request, pages) ?? answerPlain(request, plain);
    }),
    observe: observeRequests({ log: config.log.access ? log : undefined, metrics }),
    log,
  });
  const url = `${certificate === undefined ? 'http' : 'https'}://${hostInUrl(config.host)}:${server.port}`;
  baseUrl = config.http.publicUrl ?? url;
  opened.defer(() => server.drain(0));
  if (certificate !== undefined) opened.use(certificate.watch(server.useIdentity));
  startControl({ stores, config, metrics, hub, operator: identity.callers.operator() }, opened);
  const jobs = opened.use(
    startJobRunner({
      rows: stores.rows,
      kinds: [
        pruneDeadJobs({ ...stores.rows, clock }),
        pruneEvents({ ...stores.rows, clock }),
        describeRepositories({ registry: { tags: gate.shown.publicTags, images: registry.images }, rows: stores.rows.hub.pages, clock }),
        indexImages(fileParts),
        pruneLayerFiles(fileParts),
        readEarlierImages(stores),
        markOutdated({ rows: stores.rows, clock }),
        readInventories(inventoryParts),
        readEarlierInventories(inventoryParts),
        prunePackages(inventoryParts),
        ...sboms.jobKinds,
        readAttachedSboms(attachedParts),
        readEarlierSboms(attachedParts),
        ...recordUsage({ ...stores.rows, clock }),
        ...scanners.jobKinds,
        recheckBadges({ rows: stores.rows, clock, noticeOf: badgeDoubtNotice }),
        prunePulls({ rows: stores.rows.hub.pulls, clock }),
        keepHouse({ rows: stores.rows.identity, clock, auditKeepMs: config.audit.keepMs }),
        followPushes({ rows: stores.rows, facts: gate.facts, clock }),
        expireInstances({ environments: stores.rows.deployments.environments, clock }),
        ...(mail?.jobKinds ?? []),
        ...(directory?.jobKinds ?? []),
        ...webhooks.jobKinds,
        ...gate.jobKinds,
        retentionJob({ rows: stores.rows, clock, log }),
        ...security.jobKinds,
        ...notificationJobs({ rows: stores.rows, findings: security.findings, sendsMails: mail !== undefined, clock }),
        ...fetchAdvisories({
          ...advisoryParts(stores),
          addresses: config.advisories.sources,
          everyMs: config.advisories.intervalMs,
          folder: stores.folder.root,
          log,
        }),
      ],
      clock,
      sleep: systemSleep,
      jitter,
      log,
      metrics,
      newLease,
    }),
  );
  await sboms.start();
  await scanners.start();
  await startReadingEarlier(attachedParts);
  if (config.advisories.sources.length > 0) await stores.rows.jobs.enqueue([fetchJob], clock.now());
  opened.use(
    startEventConsumers({
      rows: stores.rows,
      consumers: [
        pushedImages,
        imagesToRead,
        attachedDocuments(attachedParts),
        scanners.consumer,
        webhooks.consumer,
        deployOnPush(stores.rows),
        judgedEvents(stores.rows.gate),
        goldenMoves(stores.rows),
        notifyOfEvents,
        talliedEvents,
      ],
      clock,
      sleep: systemSleep,
      log,
    }),
  );
  opened.use(startSchedule({ stores, settings: config, metrics, sleep: systemSleep, jitter }));

  const resources = opened.move();
  return {
    url,
    port: server.port,
    ...(administrator && { administrator }),
    ...(certificate && { certificate }),
    async drain() {
      draining = true;
      live.close();
      wishes.close();
      const drained = jobs.drain().catch((error: unknown) => log.error('jobs could not be drained', { error }));
      await server.drain(config.limits.drainTimeoutMs);
      // What still runs then is aborted and given back when the app is disposed.
      await Promise.race([drained, systemSleep(jobsDrainMs)]);
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

type ListenParts = Pick<HttpServerOptions, 'router' | 'observe' | 'log'> & { config: Config; certificate: ServerCertificate | undefined };

async function listen({ config, certificate, ...parts }: ListenParts) {
  const { host, port, plainHttp, limits } = config;
  const trustedProxies = config.http.trustedProxies.map(parseNetwork).filter((network) => network !== undefined);
  const readOrigin = createOriginReader({
    trustedProxies,
    plainOnlyFromProxies: certificate === undefined && plainHttp === 'loopback' && !isLoopback(host),
  });
  const options = { ...parts, listen: { host, port }, publicUrl: config.http.publicUrl, ...(readOrigin && { readOrigin }) };
  if (certificate === undefined) return { ...startHttpServer(options), useIdentity: () => undefined };
  const { current, clients } = certificate;
  return startTlsServer({ ...options, identity: current, ...(clients && { clients }), connectionsMax: limits.tlsConnectionsMax });
}

/** As an administrator asks for it on the pages; a server that stops does not wait for its end. */
function collectIn(stores: OpenStores, config: Config, metrics: Metrics, opened: AsyncDisposableStack): HubParts['collect'] {
  const stop = new AbortController();
  opened.defer(() => stop.abort(new Error('the server is shutting down')));
  return async (wanted) => {
    const report = await collectOnce(stores, wanted, { ...config.collection, signal: stop.signal });
    countReport(metrics, report);
    return report;
  };
}

/** Without its socket a server serves as well: only `naru admin` must wait for its end. */
type ControlParts = { stores: OpenStores; config: Config; metrics: Metrics; hub: HubApi; operator: Caller };

function startControl({ stores, config, metrics, hub, operator }: ControlParts, opened: AsyncDisposableStack): void {
  const stop = new AbortController();
  try {
    const control = startHttpServer({
      listen: { socketPath: stores.folder.controlSocket },
      router: createControlRouter({
        async run(request) {
          const report = await runAdminRequest(stores, request, { ...config.collection, signal: stop.signal });
          countReport(metrics, report);
          return report;
        },
        runAdvisories: (request) => runAdvisoryRequest(request, advisoryParts(stores), stop.signal),
        api: (request) => hub.answerFor(operator, request),
      }),
      log: stores.log,
    });
    opened.defer(async () => {
      stop.abort(new Error('the server is shutting down'));
      await control.drain(controlDrainMs);
    });
  } catch (error) {
    stores.log.warn('naru admin cannot reach this server', { socket: stores.folder.controlSocket, error });
  }
}

/** What an operator asked for is given this long to see that it was called off. */
const controlDrainMs = 2000;

/** After the requests are done, jobs that run may end within this. */
const jobsDrainMs = 2000;

function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
