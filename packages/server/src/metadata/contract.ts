/**
 * What every driver of the MetadataStore must do, subject by subject. A driver calls
 * `describeMetadataContract` in a test of its own with a function that opens an empty store.
 */
import { describe, expect, test } from 'bun:test';
import type { MetadataStore } from './port.ts';
import { advisoryContract } from './contract/advisories.ts';
import { attachedSbomContract } from './contract/attached-sboms.ts';
import { blobContract } from './contract/blobs.ts';
import { collectionContract } from './contract/collection.ts';
import { concurrencyContract } from './contract/concurrency.ts';
import { deploymentContract } from './contract/deployments.ts';
import { eventContract } from './contract/events.ts';
import { fileContract } from './contract/files.ts';
import { findingContract } from './contract/findings.ts';
import { gateContract } from './contract/gate.ts';
import { goldenContract } from './contract/golden.ts';
import { identityContract } from './contract/identity.ts';
import { integrityContract } from './contract/integrity.ts';
import { inventoryContract } from './contract/inventory.ts';
import { jobContract } from './contract/jobs.ts';
import { lineageContract } from './contract/lineage.ts';
import { notificationContract } from './contract/notifications.ts';
import { manifestContract } from './contract/manifests.ts';
import { pageContract } from './contract/pages.ts';
import { pullContract } from './contract/pulls.ts';
import { referrerContract } from './contract/referrers.ts';
import { repositoryContract } from './contract/repositories.ts';
import { scanContract } from './contract/scans.ts';
import { searchContract } from './contract/search.ts';
import { tallyContract } from './contract/tallies.ts';
import { tagContract } from './contract/tags.ts';
import { untaggedContract } from './contract/untagged.ts';
import { webhookContract } from './contract/webhooks.ts';
import { reviewContract } from './contract/reviews.ts';
import { retentionContract } from './contract/retention.ts';
import { tagPolicyContract } from './contract/tag-policies.ts';
import { trashContract } from './contract/trash.ts';
import { usageContract } from './contract/usage.ts';
import { uploadContract } from './contract/uploads.ts';

const subjects = {
  repositories: repositoryContract,
  uploads: uploadContract,
  blobs: blobContract,
  'attached SBOMs': attachedSbomContract,
  scans: scanContract,
  manifests: manifestContract,
  referrers: referrerContract,
  tags: tagContract,
  events: eventContract,
  'untagged manifests': untaggedContract,
  collection: collectionContract,
  integrity: integrityContract,
  jobs: jobContract,
  search: searchContract,
  'pulls and stars': pullContract,
  'pages and badges': pageContract,
  'tag policies': tagPolicyContract,
  retention: retentionContract,
  trash: trashContract,
  usage: usageContract,
  lineage: lineageContract,
  'inventories of images': inventoryContract,
  'golden images': goldenContract,
  webhooks: webhookContract,
  notifications: notificationContract,
  files: fileContract,
  advisories: advisoryContract,
  findings: findingContract,
  tallies: tallyContract,
  gate: gateContract,
  reviews: reviewContract,
  identity: identityContract,
  deployments: deploymentContract,
  concurrency: concurrencyContract,
};

/** Properties take their time on a busy machine. */
const timeoutMs = 60_000;

export function describeMetadataContract(name: string, open: () => Promise<MetadataStore>): void {
  describe(name, () => {
    for (const [subject, contract] of Object.entries(subjects)) {
      describe(subject, () =>
        contract((title, body) =>
          test(
            title,
            async () => {
              const store = await open();
              try {
                await body(store);
                // Whatever a test did, the rows still agree with each other.
                expect(await store.integrity.listViolations(10)).toEqual([]);
              } finally {
                await store.close();
              }
            },
            timeoutMs,
          ),
        ),
      );
    }
  });
}
