import { jsonReply } from '../http/reply.ts';
import type { Handler } from './call.ts';
import { fillPage, nextLink, readPage } from './page.ts';

/** Docker's listing of repositories: not in the OCI specification, but clients and people use it. */
export const listCatalog: Handler = async (call) => {
  const page = readPage(call);
  const { entries, more } = await fillPage(page, (asked) => call.registry.repositories.list(asked, (name) => call.mayPull(name)));
  const link = more ? nextLink('/v2/_catalog', { last: entries.at(-1) ?? '', n: String(page.limit) }) : {};
  return jsonReply(200, { repositories: entries }, link);
};
