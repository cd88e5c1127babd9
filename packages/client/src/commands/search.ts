/** `naru search TERM`, or `HOST/TERM` for another registry: Docker's columns and filters. */
import { alignColumns } from '../format/table.ts';
import { search as searchRegistry, searchLimitMax, type SearchResult } from '../remote/search.ts';
import type { ClientCommand } from './command.ts';
import { openSession, type Session } from './session.ts';

const defaultLimit = 25;
const descriptionLength = 45;

export const search: ClientCommand = async (line, context) => {
  const session = await openSession(line, context);
  const isWanted = parseFilters(line.lists?.['filter'] ?? []);
  const limit = parseLimit(line.values['limit']);
  const { registry, term } = splitTerm(line.words?.[0] ?? '', session);
  const results = await searchRegistry(await session.router.connectForSearch(registry), term, { limit });
  const shown = results
    .filter(isWanted)
    .map((result) => ({ ...result, name: registry === 'docker.io' || result.name.startsWith(`${registry}/`) ? result.name : `${registry}/${result.name}` }));
  if (line.switches.has('json')) {
    await context.terminal.out(`${JSON.stringify(shown, null, 2)}\n`);
    return 0;
  }
  const isCut = !line.switches.has('no-trunc');
  const rows = shown.map(({ name, description, stars, isOfficial }) =>
    [name, isCut ? cut(description) : description, String(stars), isOfficial ? '[OK]' : ''].join('\t'),
  );
  await context.terminal.out(alignColumns(['NAME\tDESCRIPTION\tSTARS\tOFFICIAL', ...rows]));
  return 0;
};

/** The first part is a registry by the rule for image names. */
function splitTerm(text: string, { config }: Session): { registry: string; term: string } {
  const slash = text.indexOf('/');
  const first = text.slice(0, Math.max(0, slash));
  const isRegistry = first === 'localhost' || /[.:]/.test(first);
  return isRegistry
    ? { registry: first === 'index.docker.io' ? 'docker.io' : first, term: text.slice(slash + 1) }
    : { registry: config.defaultRegistry, term: text };
}

function parseLimit(text: string | undefined): number {
  const limit = text === undefined ? defaultLimit : Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > searchLimitMax) throw new Error(`limit ${text ?? ''} is outside the range of [1, ${searchLimitMax}]`);
  return limit;
}

function parseFilters(filters: readonly string[]): (result: SearchResult) => boolean {
  const tests = filters.map((filter): ((result: SearchResult) => boolean) => {
    const [key = '', value = ''] = filter.split('=', 2);
    if (!filter.includes('=')) throw new Error('invalid argument: bad format of filter (expected name=value)');
    switch (key.trim().toLowerCase()) {
      case 'stars': {
        const least = Number(value);
        if (!Number.isInteger(least) || least < 0) throw new Error(`invalid filter 'stars=${value}'`);
        return ({ stars }) => stars >= least;
      }
      case 'is-official':
        return (
          (wanted) => (result: SearchResult) =>
            result.isOfficial === wanted
        )(parseBoolean(key, value));
      case 'is-automated':
        return (
          (wanted) => (result: SearchResult) =>
            result.isAutomated === wanted
        )(parseBoolean(key, value));
      default:
        throw new Error(`invalid filter '${key}'`);
    }
  });
  return (result) => tests.every((test) => test(result));
}

function parseBoolean(key: string, value: string): boolean {
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw new Error(`invalid filter '${key}=${value}'`);
}

function cut(description: string): string {
  const characters = Array.from(description.replaceAll(/\s+/g, ' '));
  return characters.length <= descriptionLength ? characters.join('') : `${characters.slice(0, descriptionLength - 1).join('')}…`;
}
