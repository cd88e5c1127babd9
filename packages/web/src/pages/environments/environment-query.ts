import type { Answer } from '../../api/client.ts';

export type Environment = Answer<'GET /repositories/{repository}/-/environments'>['items'][number];

/** The beginning of the keys of all that is asked for of them. */
export const environmentsKey = (repository: string) => ['environments', repository];
