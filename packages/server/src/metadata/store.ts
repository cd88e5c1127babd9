/** The MetadataStore on any engine. */
import type { MetadataDatabase } from './database.ts';
import type { MetadataStore } from './port.ts';
import { blobRows } from './blob-rows.ts';
import { collectionRows } from './collection-rows.ts';
import { eventRows } from './event-rows.ts';
import { type HotReadLimits, hotReads } from './hot-reads.ts';
import { integrityRows } from './integrity-rows.ts';
import { manifestRows } from './manifest-rows.ts';
import { repositoryRows } from './repository-rows.ts';
import { tagRows } from './tag-rows.ts';
import { uploadRows } from './upload-rows.ts';

export function metadataStore(database: MetadataDatabase, limits?: HotReadLimits): MetadataStore {
  const hot = hotReads(database, limits);
  return {
    repositories: repositoryRows(database),
    uploads: uploadRows(database),
    blobs: blobRows(database, hot),
    manifests: manifestRows(database, hot),
    tags: tagRows(database),
    events: eventRows(database),
    collection: collectionRows(database),
    integrity: integrityRows(database),
    close: () => database.close(),
  };
}
