/** The HubRows on any engine. */
import type { MetadataDatabase } from './database.ts';
import type { HubRows } from './hub-port.ts';
import { badgeRows } from './badge-rows.ts';
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
