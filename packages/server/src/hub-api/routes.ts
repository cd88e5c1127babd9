/** All of /api/v1, in the order of the OpenAPI document. */
import { agentRoutes } from './agent-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { badgeRoutes } from './badge-routes.ts';
import { reviewRoutes } from './review-routes.ts';
import { environmentRoutes } from './environment-routes.ts';
import { eventRoutes } from './event-routes.ts';
import { fileRoutes } from './file-routes.ts';
import { goldenRoutes } from './golden-routes.ts';
import { findingRoutes } from './finding-routes.ts';
import { findingRuleRoutes } from './finding-rule-routes.ts';
import { grantRoutes } from './grant-routes.ts';
import { imageRoutes } from './image-routes.ts';
import { inventoryRoutes } from './inventory-routes.ts';
import { jobRoutes } from './job-routes.ts';
import { lineageRoutes } from './lineage-routes.ts';
import { lintRoutes } from './lint-routes.ts';
import { mailRoutes } from './mail-routes.ts';
import { namespaceRoutes } from './namespace-routes.ts';
import { organisationRoutes } from './organisation-routes.ts';
import { passkeyRoutes } from './passkey-routes.ts';
import { policyRoutes } from './policy-routes.ts';
import { popularityRoutes } from './popularity-routes.ts';
import { readmeRoutes } from './readme-routes.ts';
import { releaseRoutes } from './release-routes.ts';
import { providerRoutes } from './provider-routes.ts';
import { repositoryRoutes } from './repository-routes.ts';
import { robotRoutes } from './robot-routes.ts';
import type { ApiRoute } from './route.ts';
import { sbomRoutes } from './sbom-routes.ts';
import { searchRoutes } from './search-routes.ts';
import { secondFactorRoutes } from './second-factor-routes.ts';
import { serverRoutes } from './server-routes.ts';
import { sessionRoutes } from './session-routes.ts';
import { settingRoutes } from './setting-routes.ts';
import { signerRoutes } from './signer-routes.ts';
import { storageRoutes } from './storage-routes.ts';
import { scannerRoutes } from './scanner-routes.ts';
import { tagRoutes } from './tag-routes.ts';
import { retentionRoutes } from './retention-routes.ts';
import { trashRoutes } from './trash-routes.ts';
import { tagRuleRoutes } from './tag-rule-routes.ts';
import { teamRoutes } from './team-routes.ts';
import { tokenRoutes } from './token-routes.ts';
import { trustedIssuerRoutes } from './trusted-issuer-routes.ts';
import { webhookRoutes } from './webhook-routes.ts';
import { securityRoutes } from './security-routes.ts';
import { vexRoutes } from './vex-routes.ts';
import { notificationRoutes } from './notification-routes.ts';
import { usageRoutes } from './usage-routes.ts';
import { userRoutes } from './user-routes.ts';

export const routes: readonly ApiRoute[] = [
  ...serverRoutes,
  ...sessionRoutes,
  ...mailRoutes,
  ...userRoutes,
  ...secondFactorRoutes,
  ...passkeyRoutes,
  ...providerRoutes,
  ...tokenRoutes,
  ...notificationRoutes,
  ...organisationRoutes,
  ...teamRoutes,
  ...namespaceRoutes,
  ...usageRoutes,
  ...grantRoutes,
  ...robotRoutes,
  ...trustedIssuerRoutes,
  ...searchRoutes,
  ...repositoryRoutes,
  ...popularityRoutes,
  ...readmeRoutes,
  ...badgeRoutes,
  ...reviewRoutes,
  ...tagRoutes,
  ...tagRuleRoutes,
  ...retentionRoutes,
  ...trashRoutes,
  ...imageRoutes,
  ...lineageRoutes,
  ...inventoryRoutes,
  ...lintRoutes,
  ...sbomRoutes,
  ...policyRoutes,
  ...goldenRoutes,
  ...signerRoutes,
  ...environmentRoutes,
  ...releaseRoutes,
  ...agentRoutes,
  ...fileRoutes,
  ...findingRoutes,
  ...findingRuleRoutes,
  ...scannerRoutes,
  ...vexRoutes,
  ...securityRoutes,
  ...auditRoutes,
  ...jobRoutes,
  ...storageRoutes,
  ...settingRoutes,
  ...eventRoutes,
  ...webhookRoutes,
];
