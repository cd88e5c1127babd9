import type { MetadataDatabase } from '../database.ts';
import type { SigningKeyRows } from './port.ts';

export function signingKeyRows({ read, write }: MetadataDatabase): SigningKeyRows {
  return {
    async list() {
      // A handful: sorted here, since no index is worth it.
      const keys = await read.selectFrom('signing_key').select(['id', 'private_jwk as privateJwk', 'created_at as createdAt']).execute();
      return keys.sort((one, other) => other.createdAt - one.createdAt);
    },

    async rotate({ id, privateJwk, createdAt, dropBefore }) {
      await write(async (tx) => {
        await tx.deleteFrom('signing_key').where('created_at', '<', dropBefore).execute();
        await tx.insertInto('signing_key').values({ id, private_jwk: privateJwk, created_at: createdAt }).execute();
      });
    },
  };
}
