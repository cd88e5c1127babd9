/** Every step of the schema, in order. A step that was released is never changed: write the next one. */
import type { Migration } from 'kysely/migration';
import type { ColumnTypes } from './column-types.ts';
import { createTables } from './0001-create-tables.ts';
import { createIdentity } from './0002-create-identity.ts';
import { createJobs } from './0003-create-jobs.ts';
import { createHub } from './0004-create-hub.ts';
import { createExternalMemberships } from './0005-create-external-memberships.ts';
import { createWebhooks } from './0006-create-webhooks.ts';
import { createTagPolicies } from './0007-create-tag-policies.ts';
import { createDeployments } from './0008-create-deployments.ts';
import { createLayerFiles } from './0009-create-layer-files.ts';
import { createRetention } from './0010-create-retention.ts';
import { createInventory } from './0011-create-inventory.ts';
import { createAdvisories } from './0012-create-advisories.ts';
import { createGate } from './0013-create-gate.ts';
import { createSigners } from './0014-create-signers.ts';
import { createLineage } from './0015-create-lineage.ts';
import { createImageSecrets } from './0018-create-image-secrets.ts';
import { createGoldenImages } from './0020-create-golden-images.ts';
import { extendAudit } from './0021-extend-audit.ts';
import { createTrash } from './0023-create-trash.ts';
import { createUsage } from './0024-create-usage.ts';
import { extendWebhooks } from './0025-extend-webhooks.ts';
import { extendGoldenImages } from './0026-extend-golden-images.ts';
import { markGenerated } from './0027-mark-generated.ts';
import { createNotifications } from './0028-create-notifications.ts';
import { createAttachedSboms } from './0029-create-attached-sboms.ts';
import { createUsageDays } from './0030-create-usage-days.ts';
import { createScans } from './0031-create-scans.ts';
import { createReviews } from './0032-create-reviews.ts';
import { extendBadges } from './0033-extend-badges.ts';
import { createTallies } from './0034-create-tallies.ts';
import { createNewerBases } from './0035-create-newer-bases.ts';
import { keepGatheredAudit } from './0036-keep-gathered-audit.ts';
import { extendEnvironments } from './0037-extend-environments.ts';
import { nameAccountsAnew } from './0038-name-accounts-anew.ts';

export function migrations(types: ColumnTypes): Record<string, Migration> {
  return {
    '0001-create-tables': { up: (db) => createTables(db, types) },
    '0002-create-identity': { up: (db) => createIdentity(db, types) },
    '0003-create-jobs': { up: (db) => createJobs(db, types) },
    '0004-create-hub': { up: (db) => createHub(db, types) },
    '0005-create-external-memberships': { up: (db) => createExternalMemberships(db, types) },
    '0006-create-webhooks': { up: (db) => createWebhooks(db, types) },
    '0007-create-tag-policies': { up: (db) => createTagPolicies(db, types) },
    '0008-create-deployments': { up: (db) => createDeployments(db, types) },
    '0009-create-layer-files': { up: (db) => createLayerFiles(db, types) },
    '0010-create-retention': { up: (db) => createRetention(db, types) },
    '0011-create-inventory': { up: (db) => createInventory(db, types) },
    '0012-create-advisories': { up: (db) => createAdvisories(db, types) },
    '0013-create-gate': { up: (db) => createGate(db, types) },
    '0014-create-signers': { up: (db) => createSigners(db, types) },
    '0015-create-lineage': { up: (db) => createLineage(db, types) },
    '0018-create-image-secrets': { up: (db) => createImageSecrets(db, types) },
    '0020-create-golden-images': { up: (db) => createGoldenImages(db, types) },
    '0021-extend-audit': { up: (db) => extendAudit(db, types) },
    '0023-create-trash': { up: (db) => createTrash(db, types) },
    '0024-create-usage': { up: (db) => createUsage(db, types) },
    '0025-extend-webhooks': { up: (db) => extendWebhooks(db, types) },
    '0026-extend-golden-images': { up: (db) => extendGoldenImages(db, types) },
    '0027-mark-generated': { up: (db) => markGenerated(db, types) },
    '0028-create-notifications': { up: (db) => createNotifications(db, types) },
    '0029-create-attached-sboms': { up: (db) => createAttachedSboms(db, types) },
    '0030-create-usage-days': { up: (db) => createUsageDays(db, types) },
    '0031-create-scans': { up: (db) => createScans(db, types) },
    '0032-create-reviews': { up: (db) => createReviews(db, types) },
    '0033-extend-badges': { up: (db) => extendBadges(db, types) },
    '0034-create-tallies': { up: (db) => createTallies(db, types) },
    '0035-create-newer-bases': { up: (db) => createNewerBases(db, types) },
    '0036-keep-gathered-audit': { up: (db) => keepGatheredAudit(db, types) },
    '0037-extend-environments': { up: (db) => extendEnvironments(db, types) },
    '0038-name-accounts-anew': { up: (db) => nameAccountsAnew(db, types) },
  };
}
