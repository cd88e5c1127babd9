import type { RepositoryName } from '@naru/oci/repository-name';
import type { Writer } from './database.ts';

/**
 * Gives everything that one repository holds to another, which is empty. A foreign key never has to
 * wait: what is pointed at is copied before what points, and deleted after it.
 */
export async function moveContent(tx: Writer, from: RepositoryName, to: RepositoryName): Promise<void> {
  await tx
    .insertInto('repository_blob')
    .columns(['repository', 'digest', 'touched_at'])
    .expression((eb) =>
      eb
        .selectFrom('repository_blob')
        .select((row) => [row.val(to).as('repository'), 'digest', 'touched_at'])
        .where('repository', '=', from),
    )
    .execute();
  await tx
    .insertInto('repository_manifest')
    .columns(['repository', 'digest', 'media_type', 'artifact_type', 'subject_digest', 'pushed_at', 'pushed_by', 'untagged_at'])
    .expression((eb) =>
      eb
        .selectFrom('repository_manifest')
        .select((row) => [row.val(to).as('repository'), 'digest', 'media_type', 'artifact_type', 'subject_digest', 'pushed_at', 'pushed_by', 'untagged_at'])
        .where('repository', '=', from),
    )
    .execute();
  await tx.updateTable('manifest_blob').set({ repository: to }).where('repository', '=', from).execute();
  await tx.updateTable('manifest_child').set({ repository: to }).where('repository', '=', from).execute();
  await tx.updateTable('tag').set({ repository: to }).where('repository', '=', from).execute();
  await tx.updateTable('tag_history').set({ repository: to }).where('repository', '=', from).execute();
  await tx.updateTable('retention_policy').set({ repository: to }).where('repository', '=', from).execute();
  await tx.updateTable('tag_policy').set({ repository: to }).where('repository', '=', from).execute();
  await tx.updateTable('gate_verdict').set({ repository: to }).where('repository', '=', from).execute();
  for (const table of ['gate_policy', 'gate_exception', 'trusted_signer'] as const) {
    await tx.updateTable(table).set({ scope_name: to }).where('scope_kind', '=', 'repository').where('scope_name', '=', from).execute();
  }
  await tx.updateTable('webhook').set({ scope_name: to }).where('scope_kind', '=', 'repository').where('scope_name', '=', from).execute();
  await tx.updateTable('golden_image').set({ repository: to }).where('repository', '=', from).execute();
  await tx.updateTable('outdated_notice').set({ repository: to }).where('repository', '=', from).execute();
  await tx.updateTable('golden_policy').set({ scope_name: to }).where('scope_kind', '=', 'repository').where('scope_name', '=', from).execute();
  for (const table of ['environment', 'environment_instance', 'release', 'target', 'target_report'] as const) {
    await tx.updateTable(table).set({ repository: to }).where('repository', '=', from).execute();
  }
  await tx.deleteFrom('repository_manifest').where('repository', '=', from).execute();
  await tx.deleteFrom('repository_blob').where('repository', '=', from).execute();
  // An upload that is under way goes on where it began, and its repository is made anew if it ends.
}
