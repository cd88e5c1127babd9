/** What people are told of, each their own, as rows: part of `port.ts`, and all that is said there holds here. `notifications/` decides who and what. */
import type { NewJob } from './job-port.ts';

export const notificationKinds = ['findings', 'quota', 'deployment', 'webhook', 'invitation', 'badge', 'token'] as const;
export type NotificationKind = (typeof notificationKinds)[number];

/**
 * What there is to say, as facts: each language makes its own sentence of them. `state`: what happened, such
 * as a severity, `near` or `rolled_back`. `subject`: what it is about, such as a vulnerability, the address of
 * a webhook, or a token's name. `by`: who did it. `message`: why. `until`: epoch ms.
 */
export type Notice = {
  readonly kind: NotificationKind;
  readonly state?: string;
  readonly namespace?: string;
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: string;
  readonly environment?: string;
  readonly subject?: string;
  readonly by?: string;
  readonly message?: string;
  readonly count?: number;
  readonly until?: number;
};

export type Notification = Notice & { readonly id: number; readonly at: number; readonly isUnread: boolean };

/** Where one is told: on the pages, by mail, or not at all. */
export type NotificationSetting = { readonly kind: NotificationKind; readonly page: boolean; readonly mail: boolean };

/** For whoever has said nothing. */
export const defaultNotificationSetting = { page: true, mail: false } as const;

/** Of one person the newest are kept, and of what was told in passing (I6). */
export const notificationsPerUserMax = 1000;
export const passedPerUserMax = 5000;

export type NewNotification = {
  readonly userId: string;
  readonly kind: NotificationKind;
  readonly sources: readonly string[];
  readonly notice: (fresh: readonly string[]) => Omit<Notice, 'kind'>;
  readonly at: number;
  /** Absent: this server sends none. */
  readonly mail?: ((notice: Notice) => NewJob) | undefined;
};

export interface NotificationRows {
  /**
   * Each source once for each person. One notice is made of those that are new, the first of which it is about;
   * a mail is enqueued in the same transaction for who wants one. Somebody who is disabled or no more is passed
   * over. False: it was told before, or nobody is told.
   */
  tell(told: NewNotification): Promise<boolean>;
  /** Newest first, those before the id `before`. */
  list(userId: string, page: { before?: number; unread: boolean; limit: number }): Promise<Notification[]>;
  /** `newest`: the id of what came last; 0 when there is nothing. */
  summarize(userId: string): Promise<{ unread: number; newest: number }>;
  /** These, or all up to an id. What is not theirs is passed over. */
  markRead(userId: string, which: { ids: readonly number[] } | { upTo: number }): Promise<void>;
  listSettings(userId: string): Promise<NotificationSetting[]>;
  set(userId: string, setting: NotificationSetting): Promise<void>;
  /** Forgets those from before; returns how many. */
  prune(before: number, limit: number): Promise<number>;
}
