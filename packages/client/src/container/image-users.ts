/** Which containers stand on which image: asked before an image is removed. */
import { existsSync } from 'node:fs';
import type { RemoteClock } from '../remote/clock.ts';
import type { Container } from './container.ts';
import { containersDatabase } from './container-paths.ts';
import { processOf } from './container-process.ts';
import { openContainerRows } from './container-rows.ts';

/** Containers by the id of their image. */
export type ImageUsers = ReadonlyMap<string, readonly ImageUser[]>;
export type ImageUser = Pick<Container, 'id'> & { readonly isRunning: boolean };

/** Was a container ever made here? Opening their rows makes what is missing, which a store that is only read may refuse. */
export function hasContainerRows(root: string): boolean {
  return existsSync(containersDatabase(root));
}

/** Makes nothing where no container was ever run. */
export function readContainers(root: string, clock: RemoteClock): Container[] {
  if (!hasContainerRows(root)) return [];
  using rows = openContainerRows(root, clock);
  return rows.list();
}

export function imageUsers(containers: readonly Container[]): ImageUsers {
  const users = containers.map((container) => ({ id: container.id, imageId: container.spec.imageId, isRunning: processOf(container) !== undefined }));
  return Map.groupBy(users, ({ imageId }) => imageId);
}
