/** What somebody may have to be told of, as a job: for whoever learns of it. `notify.ts` finds out whom to tell. */
import type { Digest } from '@naru/oci/digest';
import { z } from 'zod';
import type { BadgeRequest } from '../metadata/hub-port.ts';
import type { NewJob } from '../metadata/job-port.ts';

export const notifyKind = 'notify';

const event = z.object({
  id: z.number(),
  at: z.number(),
  kind: z.string(),
  repository: z.string(),
  tag: z.string().optional(),
  digest: z.string().optional(),
  environment: z.string().optional(),
  release: z.number().optional(),
  message: z.string().optional(),
  actor: z.string(),
});

/** Written by the functions below, maybe by those of an earlier version. */
export const noticeRequest = z.discriminatedUnion('about', [
  z.object({ about: z.literal('event'), event }),
  z.object({ about: z.literal('findings'), image: z.string() }),
  z.object({ about: z.literal('webhook'), id: z.string() }),
  z.object({ about: z.literal('invitation'), id: z.string(), email: z.string(), organisation: z.string(), by: z.string(), until: z.number() }),
  z.object({
    about: z.literal('badge'),
    id: z.string(),
    badge: z.string(),
    subject: z.string(),
    state: z.string(),
    reason: z.string(),
    askedBy: z.string(),
    doubtAt: z.number().optional(),
    /** The namespace that it has left: its owners are told, too. */
    left: z.string().optional(),
  }),
]);

export type NoticeRequest = z.output<typeof noticeRequest>;
export type NoticedEvent = z.output<typeof event>;

export function noticeJob(request: NoticeRequest): NewJob {
  return { kind: notifyKind, payload: request, key: keyOf(request) };
}

/** Its packages were matched anew, or for the first time. */
export function findingsNotice(image: Digest): NewJob {
  return noticeJob({ about: 'findings', image });
}

/** Somebody was asked to join. */
export function invitationNotice(invitation: Omit<NoticeRequest & { about: 'invitation' }, 'about'>): NewJob {
  return noticeJob({ about: 'invitation', ...invitation });
}

/** It was granted, declined or revoked. `left`: the namespace that it was in until then. */
export function badgeNotice({ id, badge, subject, state, reason, appliedBy }: BadgeRequest, left?: string): NewJob {
  return noticeJob({ about: 'badge', id, badge, subject, state, reason, askedBy: appliedBy, ...(left !== undefined && { left }) });
}

/** The server looked again at what has a badge, which concerns the administrators, too. A badge may be in doubt several times. */
export function badgeDoubtNotice({
  at,
  ...doubt
}: {
  id: string;
  badge: string;
  subject: string;
  state: string;
  reason: string;
  askedBy: string;
  at: number;
}): NewJob {
  return noticeJob({ about: 'badge', ...doubt, doubtAt: at });
}

/** A delivery was given up. */
export function deadWebhookNotice({ id }: { readonly id: string }): NewJob {
  return noticeJob({ about: 'webhook', id });
}

/** The same twice before the first has run is one. */
function keyOf(request: NoticeRequest): string {
  switch (request.about) {
    case 'event':
      return `event ${request.event.id}`;
    case 'findings':
      return `findings ${request.image}`;
    case 'badge':
      return `badge ${request.id} ${request.state} ${request.doubtAt ?? ''}`.trim();
    default:
      return `${request.about} ${request.id}`;
  }
}
