import type { Answer } from '../../api/client.ts';

export type Environment = Answer<'GET /repositories/{repository}/-/environments'>['items'][number];

/** What happens in them. */
export const deployKinds = [
  'deploy.requested',
  'deploy.awaiting',
  'deploy.approved',
  'deploy.rejected',
  'deploy.refused',
  'deploy.running',
  'deploy.rolled_back',
] as const;

/** The beginning of the keys of all that is asked for of them. */
export const environmentsKey = (repository: string) => ['environments', repository];
