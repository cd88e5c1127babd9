import type { CollectionRows } from './collection-port.ts';
import type { MetadataDatabase } from './database.ts';
import { condemnedRows } from './condemned-rows.ts';
import { unreferencedLinkRows } from './unreferenced-link-rows.ts';
import { untaggedRows } from './untagged-rows.ts';

export function collectionRows(database: MetadataDatabase): CollectionRows {
  return { ...untaggedRows(database), ...unreferencedLinkRows(database), ...condemnedRows(database) };
}
