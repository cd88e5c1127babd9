/** One instance's row: which release it wants, and which runs. */
import type { Writer } from '../database.ts';
import type { Tables } from '../schema.ts';
import type { EnvironmentKey } from './port.ts';

export type InstanceKey = EnvironmentKey & { readonly instance: string };

export async function findInstance(tx: Writer, { repository, name, instance }: InstanceKey) {
  return tx
    .selectFrom('environment_instance')
    .select(['wanted', 'running'])
    .where((eb) => eb.and({ repository, environment: name, name: instance }))
    .executeTakeFirst();
}

export async function ensureInstance(tx: Writer, { repository, name, instance }: InstanceKey): Promise<void> {
  await tx
    .insertInto('environment_instance')
    .values({ repository, environment: name, name: instance, wanted: null, running: null, expires_at: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function setInstance(
  tx: Writer,
  { repository, name, instance }: InstanceKey,
  columns: Partial<Pick<Tables['environment_instance'], 'wanted' | 'running' | 'expires_at'>>,
): Promise<void> {
  await tx
    .updateTable('environment_instance')
    .set(columns)
    .where((eb) => eb.and({ repository, environment: name, name: instance }))
    .execute();
}
