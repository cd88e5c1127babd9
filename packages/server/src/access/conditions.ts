/** When a grant holds: from where, at what time, for which tags. All that are given must be met. */
import type { Action } from './action.ts';
import type { Network } from '../network/network.ts';
import { matchesText } from './pattern.ts';
import type { Circumstances } from './policy.ts';

export type Conditions = {
  readonly networks?: readonly Network[];
  /**
   * Of the tag that is made, moved or deleted. They do not concern pulls and the bytes that come
   * before a tag; deleting a digest would take tags of any name along, so no allowing grant with tags covers it.
   */
  readonly tags?: readonly string[];
  /** Epoch ms: from, and up to but not including. */
  readonly notBefore?: number;
  readonly notAfter?: number;
  readonly weekly?: WeeklyHours;
};

/** Minutes of the day and days of the week (0 is Sunday), in UTC shifted by `offsetMinutes`. */
export type WeeklyHours = { readonly days: readonly number[]; readonly fromMinute: number; readonly toMinute: number; readonly offsetMinutes: number };

export function isMet({ effect, conditions }: { effect: 'allow' | 'deny'; conditions: Conditions }, action: Action, from: Circumstances): boolean {
  const { networks, tags, notBefore, notAfter, weekly } = conditions;
  if (networks && !networks.some((network) => network.contains(from.address))) return false;
  if (notBefore !== undefined && from.now < notBefore) return false;
  if (notAfter !== undefined && from.now >= notAfter) return false;
  if (weekly && !isWithin(weekly, from.now)) return false;
  return tags === undefined || isTagMet(effect, tags, action, from.tag);
}

function isTagMet(effect: 'allow' | 'deny', tags: readonly string[], action: Action, tag: string | undefined): boolean {
  if (tag !== undefined) return tags.some((pattern) => matchesText(pattern, tag));
  // Without a tag in sight a denial for some tags denies nothing, and a permission reaches as far as it can do no harm.
  return effect === 'allow' && (action === 'pull' || action === 'push');
}

function isWithin({ days, fromMinute, toMinute, offsetMinutes }: WeeklyHours, now: number): boolean {
  const minutes = Math.floor(now / 60_000) + offsetMinutes;
  const minute = ((minutes % 1440) + 1440) % 1440;
  // 1 January 1970 was a Thursday.
  const day = (((Math.floor(minutes / 1440) + 4) % 7) + 7) % 7;
  if (fromMinute < toMinute) return days.includes(day) && minute >= fromMinute && minute < toMinute;
  // Over midnight: the hours belong to the day on which they began.
  return (days.includes(day) && minute >= fromMinute) || (days.includes((day + 6) % 7) && minute < toMinute);
}
