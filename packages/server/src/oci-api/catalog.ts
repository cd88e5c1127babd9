import { RegistryError } from '@naru/oci/registry-error';
import { jsonReply } from '../http/reply.ts';
import type { Handler } from './call.ts';
import { fillPage, nextLink, readPage } from './page.ts';

/** Docker's listing of repositories: not in the OCI specification, but clients and people use it. As at the ping, nobody is served without a name where there are accounts. */
export const listCatalog: Handler = async (call) => {
  if (call.caller.credential.kind === 'none') throw new RegistryError('UNAUTHORIZED');
  const page = readPage(call);
  const { entries, more } = await fillPage(page, (asked) => call.registry.repositories.list(asked, call.caller));
  const link = more ? nextLink('/v2/_catalog', { last: entries.at(-1) ?? '', n: String(page.limit) }) : {};
  return jsonReply(200, { repositories: entries }, link);
};
