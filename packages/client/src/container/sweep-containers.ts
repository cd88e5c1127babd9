/** Folders of containers that were removed, made again by a runtime that somebody killed had still been calling: a row comes before its folder and goes after it. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { containerPaths } from './container-paths.ts';
import type { ContainerRows } from './container-rows.ts';
import { endStrays } from './container-strays.ts';

export function sweepContainers(root: string, rows: ContainerRows): void {
  const folders = existsSync(join(root, 'containers')) ? readdirSync(join(root, 'containers')).filter((name) => /^[0-9a-f]{64}$/.test(name)) : [];
  for (const id of folders) {
    if (rows.get(id) !== undefined) continue;
    endStrays(root, id);
    rmSync(containerPaths(root, id).folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
