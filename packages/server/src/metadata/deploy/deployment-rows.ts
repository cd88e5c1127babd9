/** The DeploymentRows on any engine. */
import type { MetadataDatabase } from '../database.ts';
import { environmentRows } from './environment-rows.ts';
import type { DeploymentRows } from './port.ts';
import { releaseRows } from './release-rows.ts';
import { targetRows } from './target-rows.ts';

export function deploymentRows(database: MetadataDatabase): DeploymentRows {
  return { environments: environmentRows(database), releases: releaseRows(database), targets: targetRows(database) };
}
