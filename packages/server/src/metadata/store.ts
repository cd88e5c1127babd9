/** The MetadataStore on any engine. */
import type { MetadataDatabase } from './database.ts';
import type { MetadataStore } from './port.ts';
import { blobRows } from './blob-rows.ts';
import { collectionRows } from './collection-rows.ts';
import { withCommitSignals } from './commit-signals.ts';
import { deploymentRows } from './deploy/deployment-rows.ts';
import { eventRows } from './event-rows.ts';
import { hubRows } from './hub-rows.ts';
import { identityRows } from './identity/identity-rows.ts';
import type { Visibility } from '../access/policy.ts';
import { advisoryRows } from './advisories/advisory-rows.ts';
import { findingRows } from './advisories/finding-rows.ts';
import { findingRuleRows } from './advisories/finding-rule-rows.ts';
import { fileRows } from './file-rows.ts';
import { gateRows } from './gate/gate-rows.ts';
import { goldenPolicyRows } from './golden-policy-rows.ts';
import { goldenRows } from './golden-rows.ts';
import { reviewRows } from './reviews/review-rows.ts';
import { type HotReadLimits, hotReads } from './hot-reads.ts';
import { integrityRows } from './integrity-rows.ts';
import { jobInspectionRows } from './job-inspection-rows.ts';
import { jobRows } from './job-rows.ts';
import { inventoryRows } from './inventory-rows.ts';
import { lineageRows } from './lineage-rows.ts';
import { manifestRows } from './manifest-rows.ts';
import { notificationRows } from './notification-rows.ts';
import { outdatedRows } from './outdated-rows.ts';
import { repositoryRows } from './repository-rows.ts';
import { retentionRows } from './retention-rows.ts';
import { tagPolicyRows } from './tag-policy-rows.ts';
import { scanRows } from './scanner-rows.ts';
import { attachedSbomRows } from './attached-rows.ts';
import { tagMoves, tagRows } from './tag-rows.ts';
import { namespaceTallyRows } from './tallies/namespace-tally-rows.ts';
import { newerBaseRows } from './tallies/newer-base-rows.ts';
import { tallyRows } from './tallies/tally-rows.ts';
import { deliveryRows } from './delivery-rows.ts';
import { webhookRows } from './webhook-rows.ts';
import { trashRows } from './trash-rows.ts';
import { usageDayRows } from './usage-day-rows.ts';
import { usageRows } from './usage-rows.ts';
import { uploadRows } from './upload-rows.ts';

export type MetadataStoreOptions = {
  readonly limits?: HotReadLimits;
  /** Of repositories that a first push makes where their namespace does not say. */
  readonly visibility?: Visibility;
  /** Of every namespace that has no limit of its own; absent: none. */
  readonly quotaBytes?: number | undefined;
};

export function metadataStore(engine: MetadataDatabase, { limits, visibility = 'public', quotaBytes }: MetadataStoreOptions = {}): MetadataStore {
  const { database, commits } = withCommitSignals(engine);
  const hot = hotReads(database, limits);
  return {
    repositories: repositoryRows(database, quotaBytes),
    uploads: uploadRows(database),
    blobs: blobRows(database, hot, { visibility, quotaBytes }),
    manifests: manifestRows(database, hot, visibility),
    tags: tagRows(database),
    events: eventRows(database),
    collection: collectionRows(database),
    integrity: integrityRows(database),
    identity: identityRows(database),
    deployments: deploymentRows(database),
    jobs: jobRows(database),
    jobInspection: jobInspectionRows(database),
    hub: hubRows(database),
    retention: retentionRows(database),
    tagPolicies: tagPolicyRows(database, tagMoves),
    trash: trashRows(database),
    usage: usageRows(database, quotaBytes),
    usageDays: usageDayRows(database),
    webhooks: webhookRows(database),
    deliveries: deliveryRows(database),
    notifications: notificationRows(database),
    files: fileRows(database),
    lineage: lineageRows(database),
    advisories: advisoryRows(database),
    gate: gateRows(database),
    inventory: inventoryRows(database),
    attached: attachedSbomRows(database),
    scans: scanRows(database),
    reviews: reviewRows(database),
    golden: goldenRows(database),
    goldenPolicies: goldenPolicyRows(database),
    outdated: outdatedRows(database),
    findings: findingRows(database),
    findingRules: findingRuleRows(database),
    tallies: tallyRows(database),
    namespaceTallies: namespaceTallyRows(database),
    newerBases: newerBaseRows(database),
    commits,
    close: () => database.close(),
  };
}
