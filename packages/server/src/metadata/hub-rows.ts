/** The HubRows on any engine. */
import type { RepositoryName } from '@naru/oci/repository-name';
import type { MetadataDatabase, Writer } from './database.ts';
import type { HubRows } from './hub-port.ts';
import { pullRows } from './pull-rows.ts';
import { searchRows } from './search-rows.ts';
import { starRows } from './star-rows.ts';

export function hubRows(database: MetadataDatabase): HubRows {
  return {
    search: searchRows(database),
    pulls: pullRows(database),
    stars: starRows(database),
  };
}

/** What the hub knows of a repository goes with it to its new name. */
export async function moveHubRows(tx: Writer, from: RepositoryName, to: RepositoryName): Promise<void> {
  for (const table of ['repository_facet', 'readme', 'star', 'pull_day', 'tag_pull'] as const) {
    await tx.updateTable(table).set({ repository: to }).where('repository', '=', from).execute();
  }
  await tx.updateTable('badge_request').set({ subject: to }).where('badge', '=', 'official').where('subject', '=', from).execute();
}
