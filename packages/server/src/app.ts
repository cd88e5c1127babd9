/**
 * The composition root: wires the stores, the rules, the API and the background work, and listens.
 * Disposing undoes it in reverse.
 */
import type { RepositoryName } from '@naru/oci/repository-name';
import type { Config } from './config/config.ts';
import { createControlRouter } from './control-api/router.ts';
import { observeRequests } from './http/access-log.ts';
import { refuseForeignPage } from './http/foreign-pages.ts';
import { answerPlain } from './http/routes.ts';
import { startHttpServer } from './http/server.ts';
import { type Callers, localCaller } from './identity/callers.ts';
import { runAdminRequest } from './lifecycle/admin.ts';
import { countReport } from './lifecycle/count-report.ts';
import { startSchedule } from './lifecycle/schedule.ts';
import { systemSleep } from './lifecycle/sleep.ts';
import { createOciApi } from './oci-api/router.ts';
import { type OpenStores, openStores } from './open-stores.ts';
import { createRegistry } from './registry/registry.ts';
import { type Clock, systemClock } from './runtime/clock.ts';
import { jitter } from './runtime/ids.ts';
import { type Log, silentLog } from './runtime/log.ts';
import { createMetrics, type Metrics } from './runtime/metrics.ts';
import { version } from './runtime/version.ts';

export type App = {
  readonly url: string;
  readonly port: number;
  /** Takes no new requests and lets those under way end, as long as the configuration grants. */
  drain(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

export type AppOptions = { readonly config: Config; readonly clock?: Clock; readonly log?: Log };

/** Throws DataFolderError and the like for what an operator must mend. Nothing stays open then. */
export async function createApp({ config, clock = systemClock, log = silentLog }: AppOptions): Promise<App> {
  await using opened = new AsyncDisposableStack();
  const metrics = createMetrics(version);
  const stores = opened.use(await openStores({ data: config.data, clock, log, onRot: metrics.recordRot }));
  const registry = createRegistry({ ...stores, limits: { ...config.limits, touchIntervalMs: config.collection.graceMs / 2 } });
  // The configuration refuses the other profiles until there are accounts.
  const callers: Pick<Callers, 'identify'> = { identify: async ({ remoteAddress }) => localCaller(remoteAddress) };
  const findMoved = (name: RepositoryName) => stores.rows.identity.access.findAlias(name, clock.now());
  const api = createOciApi({ registry, callers, findMoved, limits: config.limits, log });

  let draining = false;
  const health = {
    async check(): Promise<void> {
      if (draining) throw new Error('the server is shutting down');
      await stores.rows.repositories.list({ limit: 1 });
    },
  };

  const server = startHttpServer({
    listen: { host: config.host, port: config.port },
    async router(request) {
      refuseForeignPage(request);
      return request.path.startsWith('/v2') ? api.answer(request) : answerPlain(request, { health, metrics });
    },
    observe: observeRequests({ log: config.log.access ? log : undefined, metrics }),
    log,
  });
  opened.defer(() => server.drain(0));
  startControl({ stores, config, metrics }, opened);
  opened.use(startSchedule({ stores, settings: config, metrics, sleep: systemSleep, jitter }));

  const resources = opened.move();
  return {
    url: `http://${hostInUrl(config.host)}:${server.port}`,
    port: server.port,
    async drain() {
      draining = true;
      await server.drain(config.limits.drainTimeoutMs);
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Without its socket a server serves as well: only `naru admin` must wait for its end. */
function startControl({ stores, config, metrics }: { stores: OpenStores; config: Config; metrics: Metrics }, opened: AsyncDisposableStack): void {
  const stop = new AbortController();
  try {
    const control = startHttpServer({
      listen: { socketPath: stores.folder.controlSocket },
      router: createControlRouter(async (request) => {
        const report = await runAdminRequest(stores, request, { ...config.collection, signal: stop.signal });
        countReport(metrics, report);
        return report;
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

function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
