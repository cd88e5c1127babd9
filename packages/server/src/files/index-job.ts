import type { NewJob } from '../metadata/job-port.ts';
import type { ImageName } from './image-layers.ts';

export const indexJobKind = 'index-image';

export function indexJob({ repository, digest }: ImageName): NewJob {
  return { kind: indexJobKind, payload: { repository, digest }, key: `${repository}@${digest}`, priority: 'high' };
}
