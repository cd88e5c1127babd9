/** All that the rows know of a namespace beside its repositories: what comes along when its account is called otherwise. */
import { sql } from 'kysely';
import type { Writer } from './database.ts';
import { byScope } from './repository-content.ts';
import type { Tables } from './schema.ts';

/** What is measured of a namespace. Of a name that is nobody's, nothing is kept. */
const measured = [
  'namespace_usage',
  'namespace_quota',
  'usage_day',
  'namespace_tally',
  'tallied_vulnerability',
  'tallied_package',
  'tally_day',
] as const satisfies readonly (keyof Tables)[];

export const ofNamespace = ['access_grant', 'golden_image', ...measured] as const satisfies readonly (keyof Tables)[];

/** Neither has repositories, and `to` is no account's. */
export async function moveNamespace(tx: Writer, from: string, to: string): Promise<void> {
  for (const table of measured) await tx.deleteFrom(table).where('namespace', '=', to).execute();
  for (const table of ofNamespace) await tx.updateTable(table).set({ namespace: to }).where('namespace', '=', from).execute();
  for (const table of byScope)
    await tx.updateTable(table).set({ scope_name: to }).where('scope_kind', '=', 'namespace').where('scope_name', '=', from).execute();
  await tx.updateTable('finding_rule').set({ scope_name: to }).where('scope', '=', 'namespace').where('scope_name', '=', from).execute();
  const behind = from.length + 1;
  await tx
    .updateTable('access_grant')
    .set({ pattern: sql<string>`${to} || substr(pattern, ${behind})` })
    .where('namespace', '=', to)
    .where(sql<string>`substr(pattern, 1, ${behind})`, '=', `${from}/`)
    .execute();
}
