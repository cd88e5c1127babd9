/** `naru notification …`: what one is told of. Each is one request to /api/v1. */
import { truth } from './account-commands.ts';
import { type ApiCommand, apiCommand, segment } from './api-command.ts';
import { notificationText } from './notification-text.ts';

export const notificationCommands = {
  'notification list': {
    ...apiCommand(
      'List what you were told of, newest first',
      '',
      { min: 0, max: 0 },
      [{ name: 'unread', description: 'Only what is unread.' }],
      ({ switches }) => ({ method: 'GET', path: `/user/notifications?limit=100&unread=${switches.has('unread')}` }),
    ),
    text: notificationText,
  },
  'notification read': apiCommand(
    'Mark notifications as read',
    '[ID…]',
    { min: 0, max: 1000 },
    [{ name: 'all', description: 'All of them.' }],
    ({ words, switches }) => ({
      method: 'POST',
      path: '/user/notifications/read',
      body: switches.has('all') ? { upTo: Number.MAX_SAFE_INTEGER } : { ids: words.map(Number) },
    }),
  ),
  'notification settings': apiCommand('List of what you are told, and where', '', { min: 0, max: 0 }, [], () => ({
    method: 'GET',
    path: '/user/notification-settings',
  })),
  'notification set': apiCommand(
    'Say where you want to be told of something: of findings, quota, deployment, webhook, invitation, badge or token',
    'KIND',
    { min: 1, max: 1 },
    [
      { name: 'page', value: 'true|false', description: 'On the pages and in the list.', default: 'true' },
      { name: 'mail', value: 'true|false', description: 'By mail to your confirmed address.', default: 'false' },
    ],
    ({ words: [kind], values }) => ({
      method: 'PUT',
      path: `/user/notification-settings/${segment(kind)}`,
      body: { page: truth(values['page'] ?? 'true'), mail: truth(values['mail'] ?? 'false') },
    }),
  ),
} as const satisfies Readonly<Record<string, ApiCommand>>;
