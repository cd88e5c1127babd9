import type { NewJob } from '../metadata/job-port.ts';

export const matchJobKind = 'match-advisories';

/** One at a time is enough: it looks itself what there is to do. */
export const matchJob: NewJob = { kind: matchJobKind, payload: {}, key: 'all', priority: 'low' };
