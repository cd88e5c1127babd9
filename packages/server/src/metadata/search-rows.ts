import { type SelectQueryBuilder, sql } from 'kysely';
import type { Visibility } from '../access/policy.ts';
import type { MetadataDatabase, Reader } from './database.ts';
import type { Hit, SearchFilters, SearchRows, Viewer } from './hub-port.ts';
import { readNamespaces } from './identity/access-reads.ts';
import type { Tables } from './schema.ts';

export function searchRows({ read, text }: MetadataDatabase): SearchRows {
  return {
    async find({ viewer, terms, where, filters, limit, below }) {
      let query: Repositories = read.selectFrom('repository').orderBy('repository.search_id', 'desc').limit(limit);
      if (terms.length > 0) {
        query = read
          .selectFrom(text.matching(terms, where).as('hit'))
          // The other way round, all of a namespace or of a visibility would be read and sorted.
          .crossJoin('repository')
          .whereRef('repository.search_id', '=', 'hit.search_id')
          .orderBy('hit.search_id', 'desc')
          .limit(limit);
      }
      if (below !== undefined) query = query.where('repository.search_id', '<', below);
      return readHits(filtered(await seenBy(query, read, viewer), filters));
    },

    async findNamed(names, { viewer, filters }) {
      const query: Repositories = read.selectFrom('repository').where('repository.name', 'in', names);
      return readHits(filtered(await seenBy(query, read, viewer), filters));
    },

    async load(names) {
      if (names.length === 0) return [];
      const rows = await read
        .selectFrom('repository')
        .select(['name', 'visibility', 'description', 'official', 'verified', 'pulls', 'stars', 'updated_at'])
        .where('name', 'in', names)
        .execute();
      const found = new Map(
        rows.map(({ official, verified, updated_at, ...row }) => [
          row.name,
          { ...row, official: official === 1, verified: verified === 1, ...(updated_at !== null && { updatedAt: updated_at }) },
        ]),
      );
      return names.map((name) => found.get(name)).filter((one) => one !== undefined);
    },

    listWords: (beginning, limit) => text.listWords(read, beginning, limit),
  };
}

// oxlint-disable-next-line typescript/no-empty-object-type -- nothing is selected yet
type Repositories = SelectQueryBuilder<Tables & { hit: { search_id: number } }, 'repository', {}>;

/** Leaves out what the policy would refuse anyhow, so that a page is not looked for among thousands of others' repositories. */
async function seenBy(query: Repositories, read: Reader, { subject, everything }: Viewer): Promise<Repositories> {
  if (everything) return query;
  const open: Visibility[] = subject.kind === 'anonymous' ? ['public'] : ['public', 'internal'];
  const namespaces = await readNamespaces(read, subject);
  // A grant on the whole server may name anything.
  if (namespaces.includes('')) return query;
  return query.where((eb) => {
    // Inside of coalesce neither is looked for in an index of its own, which would have to be sorted.
    const isOpen = eb(sql<Visibility>`coalesce(repository.visibility, '')`, 'in', open);
    return namespaces.length === 0 ? isOpen : eb.or([isOpen, eb(sql<string>`coalesce(repository.namespace, '')`, 'in', namespaces)]);
  });
}

function filtered(query: Repositories, { official, verified, namespace, platform, artifactType, updatedSince }: SearchFilters): Repositories {
  let rest = query;
  if (official !== undefined) rest = rest.where('repository.official', '=', Number(official));
  if (verified !== undefined) rest = rest.where('repository.verified', '=', Number(verified));
  if (namespace !== undefined) rest = rest.where('repository.namespace', '=', namespace);
  if (updatedSince !== undefined) rest = rest.where('repository.updated_at', '>=', updatedSince);
  const facets = [
    { kind: 'platform', value: platform },
    { kind: 'artifact-type', value: artifactType },
  ] as const;
  for (const { kind, value } of facets) {
    if (value === undefined) continue;
    rest = rest.where((eb) =>
      eb.exists(
        eb
          .selectFrom('repository_facet as facet')
          .select('facet.kind')
          .whereRef('facet.repository', '=', 'repository.name')
          .where('facet.kind', '=', kind)
          .where('facet.value', '=', value),
      ),
    );
  }
  return rest;
}

function readHits(query: Repositories): Promise<Hit[]> {
  return query.select(['repository.name', 'repository.search_id as rank']).execute();
}
