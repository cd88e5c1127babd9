/** Which events a webhook wants. What it says of platforms needs the image, and is asked when it is sent. */
import { satisfies, valid } from 'semver';
import { matchesText } from '../access/pattern.ts';
import type { ReportedEvent, WebhookFilter } from '../metadata/webhook-port.ts';

export function wants({ events, tags, versions }: WebhookFilter, { kind, tag }: Pick<ReportedEvent, 'kind' | 'tag'>): boolean {
  if (kind === 'webhook.test') return true;
  if (!events.includes(kind)) return false;
  if (tags !== undefined && (tag === undefined || !tags.some((pattern) => matchesText(pattern, tag)))) return false;
  return versions === undefined || (tag !== undefined && isWithin(tag, versions));
}

/** `v1.2.3` is 1.2.3; a tag that is no version is in no range. Prereleases are, where the range names one of the same version. */
function isWithin(tag: string, range: string): boolean {
  const version = valid(tag);
  return version !== null && satisfies(version, range);
}
