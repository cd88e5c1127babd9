/**
 * Writes tags and repositories the way Distribution lays them out, straight to disk: 100 000 pushes
 * would take minutes. Only what a list looks at is made, so a real store of that size is slower.
 *
 *     data/docker/registry/v2/repositories/<name>/_manifests/tags/<tag>/
 *     data/docker/registry/v2/repositories/<name>/_layers/
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Entries } from './peer.ts';

const repositoriesIn = (folder: string): string => join(folder, 'data/docker/registry/v2/repositories');

export async function fillTags(folder: string, { repository, count, name }: Entries): Promise<void> {
  const tags = join(repositoriesIn(folder), repository, '_manifests/tags');
  for (let index = 0; index < count; index += 1) mkdirSync(join(tags, name(index)));
}

export async function fillRepositories(folder: string, { count, name }: Entries): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const repository = join(repositoriesIn(folder), name(index));
    mkdirSync(join(repository, '_layers'), { recursive: true });
    mkdirSync(join(repository, '_manifests'));
  }
}
