import { jsonReply } from '../http/reply.ts';
import type { RepositoryHandler } from './call.ts';
import { fillPage, nextLink, readPage } from './page.ts';

/** end-8a, end-8b */
export const listTags: RepositoryHandler = async (call) => {
  const { repository, registry, gate, caller } = call;
  const list = (await gate.hidesFrom(caller, repository)) ? registry.tags.listShown : registry.tags.list;
  const page = readPage(call);
  const { entries, more } = await fillPage(page, (asked) => list(repository, asked));
  const link = more ? nextLink(`/v2/${repository}/tags/list`, { last: entries.at(-1) ?? '', n: String(page.limit) }) : {};
  return jsonReply(200, { name: repository, tags: entries }, link);
};
