import type { MetadataDatabase } from '../database.ts';
import type { MailLinkRows } from './port.ts';

export function mailLinkRows({ read, write }: MetadataDatabase): MailLinkRows {
  return {
    create: ({ secretHash, purpose, userId, email, expiresAt }) =>
      write(async (tx) => {
        await tx.deleteFrom('mail_link').where('user_id', '=', userId).where('purpose', '=', purpose).execute();
        await tx.insertInto('mail_link').values({ secret_hash: secretHash, purpose, user_id: userId, email, expires_at: expiresAt }).execute();
      }),

    find: (secretHash) =>
      read
        .selectFrom('mail_link')
        .select(['purpose', 'user_id as userId', 'email', 'expires_at as expiresAt'])
        .where('secret_hash', '=', secretHash)
        .executeTakeFirst(),

    use: (secretHash) =>
      write(async (tx) => {
        const { numDeletedRows } = await tx.deleteFrom('mail_link').where('secret_hash', '=', secretHash).executeTakeFirst();
        return numDeletedRows > 0n;
      }),

    removeExpired: (before, limit) =>
      write(async (tx) => {
        const expired = await tx.selectFrom('mail_link').select('secret_hash').where('expires_at', '<', before).orderBy('expires_at').limit(limit).execute();
        for (const { secret_hash } of expired) await tx.deleteFrom('mail_link').where('secret_hash', '=', secret_hash).execute();
        return expired.length;
      }),
  };
}
