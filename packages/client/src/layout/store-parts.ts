/** What the parts of the local store share. */
import type { Rows } from './rows.ts';
import type { StorePaths } from './store-paths.ts';

export type StoreParts = {
  readonly rows: Rows;
  readonly paths: StorePaths;
  readonly clock: { now(): number };
};
