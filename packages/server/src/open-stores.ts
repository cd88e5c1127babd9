/**
 * Opens a data folder and both stores in it, for the server and for commands that work without one.
 * With `app.ts` the only file that knows which drivers there are.
 */
import type { AdvisoryReport, AdvisoryRequest } from './advisories/advisory-request.ts';
import { type AdvisoryParts, runAdvisoryRequest } from './advisories/run-advisory-request.ts';
import type { Visibility } from './access/policy.ts';
import { type FileBlobStore, type FileBlobStoreOptions, openFileBlobStore } from './blobstore/fs/open-file-blob-store.ts';
import type { Config } from './config/config.ts';
import { runAdminRequest } from './lifecycle/admin.ts';
import type { AdminReport, AdminRequest } from './lifecycle/admin-request.ts';
import type { Stores } from './lifecycle/stores.ts';
import { createTurn } from './lifecycle/turn.ts';
import { openSqliteMetadata } from './metadata/sqlite/open-sqlite-metadata.ts';
import { createDigestLocks } from './registry/digest-locks.ts';
import type { RegistryLimits } from './registry/registry.ts';
import { createUploadLocks, type UploadLocks } from './registry/upload-locks.ts';
import { type Clock, systemClock } from './runtime/clock.ts';
import { DataFolderError, type DataFolderPaths, openDataFolder } from './runtime/data-folder.ts';
import { type Log, silentLog } from './runtime/log.ts';

export type OpenStores = Stores & { readonly folder: DataFolderPaths; readonly uploadLocks: UploadLocks } & AsyncDisposable;

export type OpenStoresOptions = {
  readonly data: string;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly onRot?: () => void;
  readonly visibility?: Visibility;
  /** Of every namespace that has no limit of its own. */
  readonly quotaBytes?: number | undefined;
};

/** Throws DataFolderError and the like for what an operator must mend. Nothing stays open then. */
export async function openStores({
  data,
  clock = systemClock,
  log = silentLog,
  onRot = () => undefined,
  visibility = 'public',
  quotaBytes,
}: OpenStoresOptions): Promise<OpenStores> {
  await using opened = new AsyncDisposableStack();
  const folder = opened.use(await openDataFolder(data));
  const rows = await openSqliteMetadata({ path: folder.database, visibility, quotaBytes });
  opened.defer(() => rows.close());
  await rows.identity.audit.appendLeft();
  const bytes = await openBlobFolder({ root: folder.blobs, clock, mustExist: (await rows.integrity.listBlobRows({ limit: 1 })).length > 0 });
  opened.defer(() => bytes.close());
  const resources = opened.move();
  return {
    folder,
    rows,
    bytes,
    clock,
    log,
    digestLocks: createDigestLocks(),
    uploadLocks: createUploadLocks(),
    onRot,
    collecting: createTurn(),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

export function registryLimits({ limits, collection }: Config): RegistryLimits {
  return { ...limits, touchIntervalMs: collection.graceMs / 2, trashForMs: collection.trashForMs };
}

/** What is wrong with the folder is the operator's to mend. */
async function openBlobFolder(options: FileBlobStoreOptions): Promise<FileBlobStore> {
  try {
    return await openFileBlobStore(options);
  } catch (cause) {
    throw new DataFolderError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Does an operator's work on a folder that no server uses. */
export async function runAdminOffline(config: Config, request: AdminRequest): Promise<AdminReport> {
  await using stores = await openStores({ data: config.data });
  return await runAdminRequest(stores, request, config.collection); // before the stores are closed
}

export function advisoryParts({ rows, clock }: Pick<OpenStores, 'rows' | 'clock'>): AdvisoryParts {
  return { rows: rows.advisories, jobs: rows.jobs, clock };
}

/** The same for what is known to be vulnerable. */
export async function runAdvisoriesOffline(config: Config, request: AdvisoryRequest): Promise<AdvisoryReport> {
  await using stores = await openStores({ data: config.data });
  return await runAdvisoryRequest(request, advisoryParts(stores)); // before the stores are closed
}
