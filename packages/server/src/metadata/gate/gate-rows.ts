import type { MetadataDatabase } from '../database.ts';
import { gateExceptionRows } from './exception-rows.ts';
import { hotGate } from './hot-gate.ts';
import { gatePolicyRows } from './policy-rows.ts';
import type { GateRows } from './port.ts';
import { signerRows } from './signer-rows.ts';
import { verdictRows } from './verdict-rows.ts';

export function gateRows(database: MetadataDatabase): GateRows {
  const policies = gatePolicyRows(database);
  return {
    policies,
    exceptions: gateExceptionRows(database),
    signers: signerRows(database),
    verdicts: verdictRows(database),
    hot: hotGate(database, policies),
  };
}
