/**
 * Tells people by mail when their account is logged in to from a network, or by a program, that it was
 * not in the last 90 days. The first log-in of an account is no news, and neither is the first one that
 * is seen after this began to look.
 *
 * The mail is asked for before the place is written down: a crash between the two repeats the mail.
 */
import { RegistryError } from '@naru/oci/registry-error';
import type { AttemptRows, User } from '../../metadata/identity/port.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { RequestMail } from '../mail/mail-queue.ts';
import { hashSecret } from '../secret-hash.ts';
import { networkOf } from '../../network/subscriber.ts';
import { deviceOf } from './device.ts';

export type NoticeSignIn = (user: Pick<User, 'id'>, from: { readonly address: string; readonly userAgent: string }) => Promise<void>;

const rememberedMs = 90 * 86_400e3;
/** A place that is used is written down anew once in so long. */
const renewedAfterMs = 86_400e3;

export function createSignInNotice({
  rows,
  requestMail,
  clock,
}: {
  rows: Pick<AttemptRows, 'read' | 'write'>;
  requestMail: RequestMail;
  clock: Clock;
}): NoticeSignIn {
  return async ({ id }, { address, userAgent }) => {
    const device = deviceOf(userAgent);
    const keys = { anywhere: `signed in ${id}`, here: `signed in ${id} ${hashSecret(`${networkOf(address)} ${device}`)}` };
    const at = clock.now();
    const seen = await rows.read([keys.anywhere, keys.here]);
    const seenAt = (key: string) => (at - Number(seen.get(key) ?? 0) < rememberedMs ? Number(seen.get(key)) : undefined);
    const here = seenAt(keys.here);
    if (here === undefined && seenAt(keys.anywhere) !== undefined) {
      try {
        await requestMail({ kind: 'new-sign-in', userId: id, address, device, at });
      } catch (error) {
        // Too many mails wait: nobody is kept out for that, and the next log-in from there is as new as this one.
        if (error instanceof RegistryError && error.code === 'TOO_MANY_REQUESTS') return;
        throw error;
      }
    }
    if (at - (here ?? 0) < renewedAfterMs) return;
    await rows.write([keys.anywhere, keys.here].map((key) => ({ key, state: String(at), expiresAt: at + rememberedMs })));
  };
}
