import { RegistryError } from '@naru/oci/registry-error';
import { reply } from '../http/reply.ts';
import type { Handler } from './call.ts';

/**
 * end-1. The body is what Docker's own registry sends. Where there are accounts nobody is let in here
 * without a name: from the challenge clients learn where tokens are to be had, also for what needs no account.
 */
export const ping: Handler = async ({ caller }) => {
  if (caller.credential.kind === 'none') throw new RegistryError('UNAUTHORIZED');
  return reply(200, { 'content-type': 'application/json' }, '{}');
};
