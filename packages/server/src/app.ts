/**
 * The composition root: the only file that imports drivers and features together. It opens the data
 * folder and what is in it, wires the rules to the API, and listens; disposing undoes it in reverse.
 */
import { openFileBlobStore } from './blobstore/fs/open-file-blob-store.ts';
import type { Config } from './config/config.ts';
import { observeRequests } from './http/access-log.ts';
import { answerPlain } from './http/routes.ts';
import { startHttpServer } from './http/server.ts';
import { openSqliteMetadata } from './metadata/sqlite/open-sqlite-metadata.ts';
import { createOciApi, describeRoute } from './oci-api/router.ts';
import { createDigestLocks } from './registry/digest-locks.ts';
import { createRegistry } from './registry/registry.ts';
import { createUploadLocks } from './registry/upload-locks.ts';
import { type Clock, systemClock } from './runtime/clock.ts';
import { openDataFolder } from './runtime/data-folder.ts';
import { type Log, silentLog } from './runtime/log.ts';
import { createMetrics } from './runtime/metrics.ts';
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
  const folder = opened.use(await openDataFolder(config.data));
  const rows = await openSqliteMetadata({ path: folder.database });
  opened.defer(() => rows.close());
  const bytes = await openFileBlobStore({ root: folder.blobs, clock });
  opened.defer(() => bytes.close());

  const metrics = createMetrics(version);
  const registry = createRegistry({
    bytes,
    rows,
    clock,
    log,
    digestLocks: createDigestLocks(),
    uploadLocks: createUploadLocks(),
    limits: { ...config.limits, touchIntervalMs: config.collection.graceMs / 2 },
  });
  const api = createOciApi({ registry, profile: 'local', limits: config.limits, log });

  const server = startHttpServer({
    listen: { host: config.host, port: config.port },
    router: (request) => (request.path.startsWith('/v2') ? api.answer(request) : answerPlain(request, { health, metrics })),
    observe: observeRequests({ log: config.log.access ? log : undefined, metrics, routeOf: describeRoute }),
    log,
  });
  opened.defer(() => server.drain(0));

  const resources = opened.move();
  let draining = false;
  const health = {
    async check() {
      if (draining) throw new Error('the server is shutting down');
      await rows.repositories.list({ limit: 1 });
    },
  };
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

function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
