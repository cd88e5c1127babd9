import type { GateScope } from '../../gate/policy.ts';
import type { Writer } from '../database.ts';
import { toColumns } from './scope-columns.ts';

/** What was demanded in a namespace or a repository that is no more: whoever takes the name next is somebody else. */
export async function removeGateOf(tx: Writer, scope: GateScope): Promise<void> {
  const { scope_kind, scope_name } = toColumns(scope);
  for (const table of ['gate_policy', 'gate_exception', 'trusted_signer'] as const) {
    await tx.deleteFrom(table).where('scope_kind', '=', scope_kind).where('scope_name', '=', scope_name).execute();
  }
  await tx.deleteFrom('finding_rule').where('scope', '=', scope_kind).where('scope_name', '=', scope_name).execute();
}
