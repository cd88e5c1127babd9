/** `naru search TERM`, or `HOST/TERM` for another registry: Docker's columns, filters and templates. */
import { FilterError, type Filters, parseBoolean, parseFilters } from '../filter/parse-filters.ts';
import { formatList } from '../format/list-format.ts';
import { templateRecord } from '../format/template/value.ts';
import { search as searchRegistry, searchLimitMax, type SearchResult } from '../remote/search.ts';
import type { ClientCommand } from './command.ts';
import { DockerError } from './docker-error.ts';
import { daemonText } from './image-command.ts';
import { openSession, type Session } from './session.ts';

const typeName = '*formatter.searchContext';
const header = templateRecord(typeName, { Name: 'NAME', Description: 'DESCRIPTION', StarCount: 'STARS', IsOfficial: 'OFFICIAL', IsAutomated: 'AUTOMATED' });
const table = 'table {{.Name}}\t{{.Description}}\t{{.StarCount}}\t{{.IsOfficial}}';
const searchFilters = ['stars', 'is-official', 'is-automated'];
const defaultLimit = 25;
const descriptionLength = 45;

export const search: ClientCommand = async (line, context) => {
  const session = await openSession(line, context);
  const isWanted = compileFilters(parseFilters(line.lists?.['filter'] ?? [], searchFilters));
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
  const rows = shown.map(({ name, description, stars, isOfficial, isAutomated }) =>
    templateRecord(typeName, {
      Name: name,
      Description: isCut ? cut(description) : description,
      StarCount: String(stars),
      IsOfficial: isOfficial ? '[OK]' : '',
      IsAutomated: isAutomated ? '[OK]' : '',
    }),
  );
  const format = line.values['format'] ?? 'table';
  await context.terminal.out(formatList(format === 'table' ? table : format, header, rows));
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
  if (!Number.isInteger(limit) || limit < 1 || limit > searchLimitMax) {
    throw new DockerError(daemonText(`limit ${text ?? ''} is outside the range of [1, ${searchLimitMax}]`));
  }
  return limit;
}

function compileFilters(filters: Filters): (result: SearchResult) => boolean {
  const stars = (filters.get('stars') ?? []).map((value) => {
    if (!/^\d+$/.test(value)) throw new FilterError(`invalid filter 'stars=${value}'`);
    return Number(value);
  });
  const flag = (name: string) => (filters.has(name) ? parseBoolean(name, filters.get(name) ?? []) : undefined);
  const isOfficial = flag('is-official');
  const isAutomated = flag('is-automated');
  return (result) =>
    stars.every((least) => result.stars >= least) &&
    (isOfficial === undefined || result.isOfficial === isOfficial) &&
    (isAutomated === undefined || result.isAutomated === isAutomated);
}

function cut(description: string): string {
  const characters = Array.from(description.replaceAll(/\s+/g, ' '));
  return characters.length <= descriptionLength ? characters.join('') : `${characters.slice(0, descriptionLength - 1).join('')}…`;
}
