/** What happens on this server, as it happens: `events/live-events.ts` says what the stream holds. */
import { isRepositoryName, type RepositoryName } from '@naru/oci/repository-name';
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import type { Caller } from '../access/caller.ts';
import type { WantedEvents } from '../events/live-events.ts';
import { type EventKind, eventKinds } from '../metadata/port.ts';
import { type ApiRoute, route } from './route.ts';

const query = z.object({
  /** For clients that cannot send the header Last-Event-ID at first. */
  after: z.coerce.number().int().min(0).optional(),
  repository: z.string().refine(isRepositoryName, 'it is not the name of a repository').optional(),
  /** Separated by commas; `none` for who listens to notifications alone. */
  kinds: z
    .string()
    .max(500)
    .transform((text) => (text === 'none' ? [] : text.split(',')))
    .pipe(z.array(z.enum(eventKinds)))
    .optional(),
  /** Whether one is told how many notifications of one's own are unread, too. */
  notifications: z
    .enum(['true', 'false'])
    .default('false')
    .transform((is) => is === 'true'),
});

const headers = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' };

export const eventRoutes: readonly ApiRoute[] = [
  route({
    operation: 'streamEvents',
    method: 'GET',
    path: '/events',
    summary: 'A stream of server-sent events on repositories that one may pull; Last-Event-ID goes on behind that event',
    access: 'open',
    query,
    async handle({ request, caller, parts, query: asked }) {
      // Who only asks takes no place.
      if (request.method === 'HEAD') return { headers, stream: new ReadableStream() };
      return {
        headers,
        stream: await parts.events.open(caller, {
          ...wanted(asked, request.header('last-event-id')),
          ...ownNotices(asked.notifications, caller),
          show: (event) => parts.shown.findEvent(caller, event),
        }),
      };
    },
  }),
];

/** Of who is logged in as themselves, as the list of notifications wants it. */
function ownNotices(isWanted: boolean, { principal, scope }: Caller): Pick<WantedEvents, 'notificationsOf'> {
  return isWanted && principal.kind === 'user' && scope === undefined ? { notificationsOf: principal.id } : {};
}

/** The header comes from a client that was cut off, and knows better than the address it began with. */
function wanted(
  { after, repository, kinds }: { after?: number | undefined; repository?: RepositoryName | undefined; kinds?: EventKind[] | undefined },
  last: string | undefined,
): WantedEvents {
  if (last !== undefined && !/^\d{1,15}$/.test(last)) throw new RegistryError('REQUEST_INVALID', { message: 'Last-Event-ID is not the id of an event' });
  const begin = last === undefined ? after : Number(last);
  return { ...(begin !== undefined && { after: begin }), ...(repository !== undefined && { repository }), ...(kinds && { kinds }) };
}
