/** All that the rows know of a repository: what comes along to a new name, and what goes with it. */
import type { RepositoryName } from '@naru/oci/repository-name';
import { namespaceOf } from '../access/namespace.ts';
import type { Writer } from './database.ts';
import { removeGateOf } from './gate/remove-gate.ts';
import { endGoldenIn, moveGoldenIn, removeGoldenPolicyOf } from './golden-rows.ts';
import { forgetBytes } from './manifest-content.ts';
import type { Tables } from './schema.ts';
import { countAgain } from './usage-rows.ts';
import { removeWebhooksOf } from './webhook-rows.ts';

/** What points comes before what is pointed at. Links and manifests themselves are not among them: these are pointed at. */
export const ofRepository = [
  'tag',
  'manifest_blob',
  'manifest_child',
  'tag_history',
  'tag_policy',
  'retention_policy',
  'gate_verdict',
  'image_tally',
  'image_tally_detail',
  'newer_base',
  'attached_sbom',
  'shown_tag',
  'image_review',
  'reviewed_repository',
  'outdated_notice',
  'target_report',
  'target',
  'release',
  'environment_instance',
  'environment',
  'repository_facet',
  'readme',
  'star',
  'pull_day',
  'tag_pull',
  'trashed_content',
  'trashed_manifest',
] as const satisfies readonly (keyof Tables)[];

/** What is said on one of several levels, one of which is the repository. */
export const byScope = ['gate_policy', 'gate_exception', 'trusted_signer', 'golden_policy', 'webhook'] as const satisfies readonly (keyof Tables)[];

const ofManifest = ['digest', 'media_type', 'artifact_type', 'subject_digest', 'pushed_at', 'pushed_by', 'untagged_at', 'generated'] as const;

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
    .columns(['repository', ...ofManifest])
    .expression((eb) =>
      eb
        .selectFrom('repository_manifest')
        .select((row) => [row.val(to).as('repository'), ...ofManifest])
        .where('repository', '=', from),
    )
    .execute();
  for (const table of ofRepository) await tx.updateTable(table).set({ repository: to }).where('repository', '=', from).execute();
  for (const table of byScope) {
    await tx.updateTable(table).set({ scope_name: to }).where('scope_kind', '=', 'repository').where('scope_name', '=', from).execute();
  }
  await moveGoldenIn(tx, from, to);
  await tx.updateTable('finding_rule').set({ scope_name: to }).where('scope', '=', 'repository').where('scope_name', '=', from).execute();
  await tx.deleteFrom('repository_manifest').where('repository', '=', from).execute();
  await tx.deleteFrom('repository_blob').where('repository', '=', from).execute();
  for (const namespace of new Set([namespaceOf(from), namespaceOf(to)])) await countAgain(tx, namespace);
  // An upload that is under way goes on where it began, and its repository is made anew if it ends.
}

/** Its row stays, for the one who calls. Bytes of manifests go when no other repository has them; blobs are left to collection. */
export async function removeContent(tx: Writer, name: RepositoryName, at: number): Promise<void> {
  await endGoldenIn(tx, name, at);
  for (const table of ofRepository) await tx.deleteFrom(table).where('repository', '=', name).execute();
  const scope = { kind: 'repository', name } as const;
  await removeWebhooksOf(tx, scope);
  await removeGateOf(tx, scope);
  await removeGoldenPolicyOf(tx, scope);
  const manifests = await tx.deleteFrom('repository_manifest').where('repository', '=', name).returning('digest').execute();
  await forgetBytes(
    tx,
    manifests.map(({ digest }) => digest),
  );
  await tx.deleteFrom('repository_blob').where('repository', '=', name).execute();
  await countAgain(tx, namespaceOf(name));
}
