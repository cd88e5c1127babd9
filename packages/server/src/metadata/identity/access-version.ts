import type { Writer } from '../database.ts';

/** In the transaction of every change that a decision may depend on: what was kept in memory is void then. */
export async function touchAccess(tx: Writer): Promise<void> {
  await tx
    .updateTable('access_version')
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('id', '=', 1)
    .execute();
}
