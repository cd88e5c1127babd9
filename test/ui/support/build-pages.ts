import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

/** As `npm start` does: only when the sources have changed. */
export function buildPages(): void {
  const { status, stderr } = spawnSync('node', ['scripts/pages.mjs'], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
