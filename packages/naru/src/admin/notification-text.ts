/** What `naru notification list` prints: a line for each, the sentence that a mail would have. */
import { noticeTexts } from '@naru/server/identity/mail/notice-text';
import type { Notification } from '@naru/server/metadata/notification-port';

export function notificationText(body: string): string {
  const { items } = JSON.parse(body) as { items: readonly Notification[] }; // our own server's
  if (items.length === 0) return 'nothing to tell\n';
  const width = Math.max(...items.map(({ id }) => String(id).length));
  return items
    .map((one) => `${String(one.id).padStart(width)} ${one.isUnread ? '*' : ' '} ${new Date(one.at).toISOString().slice(0, 16)}Z  ${noticeTexts.en(one)}\n`)
    .join('');
}
