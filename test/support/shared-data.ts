/**
 * Large real data that is not kept in the repository: `shared/data` beside the checkout, or wherever
 * NARU_SHARED_DATA says. Tests that use it have small examples of their own besides.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { recordSkip } from './needs.ts';

const root = join(import.meta.dir, '../..');

/** The path of that file, or says in one line that it is not there. */
export function findSharedData(name: string): string | undefined {
  const folders = [process.env['NARU_SHARED_DATA'], join(root, '../shared/data'), join(root, '../../shared/data')];
  const found = folders.flatMap((folder) => (folder === undefined ? [] : [join(folder, name)])).find(existsSync);
  if (found === undefined) recordSkip(`needs ../shared/data/${name}, which is not here`);
  return found;
}
