/** All commands that are one request to /api/v1, by their names. */
import { accountCommands } from './account-commands.ts';
import { deployCommands } from './deploy-commands.ts';
import { eventCommands } from './event-commands.ts';
import { findingCommands } from './finding-commands.ts';
import { findingRuleCommands } from './finding-rule-commands.ts';
import { goldenCommands } from './golden-commands.ts';
import { machineCommands } from './machine-commands.ts';
import { notificationCommands } from './notification-commands.ts';
import { organisationCommands } from './organisation-commands.ts';
import { packageCommands } from './package-commands.ts';
import { policyCommands } from './policy-commands.ts';
import { retentionCommands } from './retention-commands.ts';
import { scannerCommands } from './scanner-commands.ts';
import { reviewCommands } from './review-commands.ts';
import { securityCommands } from './security-commands.ts';
import { signerCommands } from './signer-commands.ts';
import { tagRuleCommands } from './tag-rule-commands.ts';
import { webhookCommands } from './webhook-commands.ts';

export const apiCommands = {
  ...accountCommands,
  ...organisationCommands,
  ...machineCommands,
  ...webhookCommands,
  ...eventCommands,
  ...notificationCommands,
  ...tagRuleCommands,
  ...policyCommands,
  ...reviewCommands,
  ...signerCommands,
  ...retentionCommands,
  ...deployCommands,
  ...goldenCommands,
  ...findingCommands,
  ...securityCommands,
  ...findingRuleCommands,
  ...packageCommands,
  ...scannerCommands,
};

export type ApiCommandName = keyof typeof apiCommands;
