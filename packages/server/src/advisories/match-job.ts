import type { Digest } from '@naru/oci/digest';
import type { NewJob } from '../metadata/job-port.ts';

export const matchJobKind = 'match-advisories';
export const checkImageKind = 'check-image';

/** One at a time is enough: it looks itself what there is to do. */
export const matchJob: NewJob = { kind: matchJobKind, payload: {}, key: 'all', priority: 'low' };

/** For whoever has listed the packages of an image, in the transaction that records them. */
export function checkImageJob(image: Digest): NewJob {
  return { kind: checkImageKind, payload: image, key: image };
}
