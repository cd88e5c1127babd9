/** What one is told of: read, marked as read, and where one wants to be told of what. */
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import { notificationKinds } from '../metadata/notification-port.ts';
import { type ApiRoute, route } from './route.ts';
import { time } from './schemas.ts';
import { idOf } from './user-routes.ts';

const id = z.number().int().positive();
const kind = z.enum(notificationKinds);
const text = z.string();

/** Facts, of which each language makes its own sentence; `metadata/notification-port.ts` says which is what. */
const notification = z.object({
  id,
  kind,
  at: time,
  isUnread: z.boolean(),
  state: text.optional(),
  namespace: text.optional(),
  repository: text.optional(),
  tag: text.optional(),
  digest: text.optional(),
  environment: text.optional(),
  subject: text.optional(),
  by: text.optional(),
  message: text.optional(),
  count: z.number().int().optional(),
  until: time.optional(),
});
const setting = z.object({ kind, page: z.boolean(), mail: z.boolean() });
const query = z.object({
  before: z.coerce.number().int().positive().optional(),
  unread: z
    .enum(['true', 'false'])
    .default('false')
    .transform((is) => is === 'true'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const notificationRoutes: readonly ApiRoute[] = [
  route({
    operation: 'listNotifications',
    method: 'GET',
    path: '/user/notifications',
    summary: 'List what one was told of, newest first, and how much of it is unread. `before` is `next` of the page before',
    access: 'user',
    query,
    response: z.object({ items: z.array(notification), unread: z.number().int(), next: id.optional() }),
    async handle({ caller, query: { before, unread, limit }, parts: { rows } }) {
      const userId = idOf(caller);
      const items = await rows.notifications.list(userId, { unread, limit, ...(before !== undefined && { before }) });
      const next = items.length < limit ? undefined : items.at(-1)?.id;
      return { value: { items, unread: (await rows.notifications.summarize(userId)).unread, ...(next !== undefined && { next }) } };
    },
  }),
  route({
    operation: 'readNotifications',
    method: 'POST',
    path: '/user/notifications/read',
    summary: 'Mark notifications as read: these, or all up to one',
    access: 'user',
    body: z.union([z.strictObject({ ids: z.array(id).min(1).max(1000) }), z.strictObject({ upTo: id })]),
    async handle({ caller, body, parts: { rows } }) {
      await rows.notifications.markRead(idOf(caller), body);
      return {};
    },
  }),
  route({
    operation: 'listNotificationSettings',
    method: 'GET',
    path: '/user/notification-settings',
    summary: 'List of what one is told, and where: on the pages, by mail to the confirmed address',
    access: 'user',
    response: z.object({ items: z.array(setting) }),
    async handle({ caller, parts: { rows } }) {
      return { value: { items: await rows.notifications.listSettings(idOf(caller)) } };
    },
  }),
  route({
    operation: 'setNotificationSetting',
    method: 'PUT',
    path: '/user/notification-settings/{kind}',
    summary: 'Say where one wants to be told of one kind of things',
    access: 'user',
    body: setting.omit({ kind: true }),
    response: setting,
    async handle({ caller, params, body, parts: { rows } }) {
      const known = notificationKinds.find((one) => one === params['kind']);
      if (known === undefined) throw new RegistryError('NOT_FOUND', { message: `there are ${notificationKinds.join(', ')}` });
      const wanted = { kind: known, ...body };
      await rows.notifications.set(idOf(caller), wanted);
      return { value: wanted };
    },
  }),
];
