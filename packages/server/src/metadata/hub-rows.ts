/** The HubRows on any engine. */
import type { RepositoryName } from '@naru/oci/repository-name';
import type { MetadataDatabase, Writer } from './database.ts';
import type { HubRows } from './hub-port.ts';
import type { Change } from './port.ts';
import { badgeRows, moveBadge } from './badge-rows.ts';
import { pageRows } from './page-rows.ts';
import { pullRows } from './pull-rows.ts';
import { searchRows } from './search-rows.ts';
import { starRows } from './star-rows.ts';

export function hubRows(database: MetadataDatabase): HubRows {
  return {
    search: searchRows(database),
    pulls: pullRows(database),
    stars: starRows(database),
    pages: pageRows(database),
    badges: badgeRows(database),
  };
}

/** What the hub knows of a repository goes with it to its new name. */
export async function moveHubRows(tx: Writer, from: RepositoryName, to: RepositoryName, change: Change): Promise<void> {
  for (const table of ['repository_facet', 'readme', 'star', 'pull_day', 'tag_pull'] as const) {
    await tx.updateTable(table).set({ repository: to }).where('repository', '=', from).execute();
  }
  await moveBadge(tx, from, to, change);
}
