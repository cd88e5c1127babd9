/**
 * The reads of every pull: is this blob in this repository, what is this tag, what is this manifest.
 * Compiled once and run as prepared statements, behind two caches that are never trusted by time:
 *
 * - *answers* (this tag is this digest, this repository has this blob) hold for one data version;
 *   any commit by anybody empties them.
 * - *contents* (digest → bytes) cannot become false, so they outlive commits. They are only reached
 *   through an answer, so a deleted manifest is not served from them. This keeps pulls cheap beside
 *   a busy pusher: after a commit a pull pays one index lookup, and neither reads nor hashes bytes.
 *
 * Bytes are hashed when they enter the cache: what rotted in the database is not served.
 */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import { RegistryError } from '@naru/oci/registry-error';
import { type CompiledQuery, sql } from 'kysely';
import type { MetadataDatabase } from './database.ts';
import type { LinkedBlob, Manifest } from './port.ts';
import { boundedCache } from './bounded-cache.ts';
import { verifiedBytes } from './verified-bytes.ts';

export type HotReads = {
  readonly findBlob: (repository: RepositoryName, digest: Digest) => Promise<LinkedBlob | undefined>;
  readonly findManifest: (repository: RepositoryName, digest: Digest) => Promise<Manifest | undefined>;
  readonly findManifestByTag: (repository: RepositoryName, tag: Tag) => Promise<Manifest | undefined>;
};

export type HotReadLimits = { readonly maxAnswers: number; readonly maxContentBytes: number };

export const hotReadLimits: HotReadLimits = { maxAnswers: 8192, maxContentBytes: 16 * 1024 * 1024 };

/** What a small entry costs beside its bytes: key, map slot, headers. */
const contentOverheadBytes = 400;

/** A manifest that goes and comes back between an answer and its bytes is asked for this often. */
const attempts = 3;

type Answer = { readonly digest: Digest; readonly mediaType: string };

export function hotReads(database: MetadataDatabase, { maxAnswers, maxContentBytes }: HotReadLimits = hotReadLimits): HotReads {
  const queries = prepareQueries(database);
  const blobs = boundedCache<LinkedBlob>({ maxEntries: maxAnswers });
  const answers = boundedCache<Answer>({ maxEntries: maxAnswers });
  const contents = boundedCache<Uint8Array>({
    maxEntries: maxContentBytes / contentOverheadBytes,
    maxBytes: maxContentBytes,
    sizeOf: (bytes) => bytes.length + contentOverheadBytes,
  });
  let version: number | undefined;

  /** The data version, after making sure that no answer is older. */
  function renew(): number | undefined {
    const now = database.dataVersion();
    if (now === undefined || now !== version) {
      blobs.clear();
      answers.clear();
      version = now;
    }
    return now;
  }

  async function getContent(digest: Digest): Promise<Uint8Array | undefined> {
    const known = contents.get(digest);
    if (known !== undefined) return known;
    const row = await queries.content([digest]);
    if (row === undefined) return undefined;
    contents.set(digest, verifiedBytes(digest, row.bytes));
    return row.bytes;
  }

  async function findThroughAnswer(key: string, ask: () => Answer | undefined | Promise<Answer | undefined>): Promise<Manifest | undefined> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const asked = renew();
      let answer = answers.get(key);
      if (answer === undefined) {
        answer = await ask();
        if (answer === undefined) return undefined;
        // Not when a commit came between: the answer may be older than it.
        if (asked !== undefined && asked === version) answers.set(key, answer);
      }
      const bytes = contents.get(answer.digest) ?? (await getContent(answer.digest));
      if (bytes !== undefined) return { digest: answer.digest, mediaType: answer.mediaType, bytes };
    }
    throw new RegistryError('INTERNAL', { message: `the repository names a manifest whose bytes the metadata store does not hold (${key})` });
  }

  return {
    async findBlob(repository, digest) {
      const asked = renew();
      const key = `${repository}@${digest}`;
      const known = blobs.get(key);
      if (known !== undefined) return known;
      const blob = await queries.blob([repository, digest]);
      if (blob !== undefined && asked !== undefined && asked === version) blobs.set(key, blob);
      return blob;
    },

    findManifest: (repository, digest) => findThroughAnswer(`${repository}@${digest}`, () => queries.manifest([repository, digest])),

    findManifestByTag: (repository, tag) => findThroughAnswer(`${repository}:${tag}`, () => queries.tag([repository, tag])),
  };
}

function prepareQueries({ prepare, read }: MetadataDatabase) {
  // Placeholders, replaced in every run. A query takes its parameters in the order they stand here.
  const repository = 'repository' as RepositoryName;
  const digest = 'digest' as Digest;
  const tag = 'tag' as Tag;

  return {
    blob: prepare<LinkedBlob>(
      inOrder(
        [repository, digest],
        read
          .selectFrom('repository_blob')
          .innerJoin('blob', 'blob.digest', 'repository_blob.digest')
          .select(['blob.digest', 'blob.size_bytes as sizeBytes', 'blob.storage_key as storageKey', 'repository_blob.touched_at as touchedAt'])
          .where('repository_blob.repository', '=', repository)
          .where('repository_blob.digest', '=', digest)
          .where('blob.state', '=', sql.lit('stored'))
          .compile(),
      ),
    ),
    manifest: prepare<Answer>(
      inOrder(
        [repository, digest],
        read
          .selectFrom('repository_manifest')
          .select(['digest', 'media_type as mediaType'])
          .where('repository', '=', repository)
          .where('digest', '=', digest)
          .compile(),
      ),
    ),
    tag: prepare<Answer>(
      inOrder(
        [repository, tag],
        read
          .selectFrom('tag')
          .innerJoin('repository_manifest', (join) =>
            join.onRef('repository_manifest.repository', '=', 'tag.repository').onRef('repository_manifest.digest', '=', 'tag.digest'),
          )
          .select(['tag.digest', 'repository_manifest.media_type as mediaType'])
          .where('tag.repository', '=', repository)
          .where('tag.name', '=', tag)
          .compile(),
      ),
    ),
    content: prepare<{ bytes: Uint8Array }>(inOrder([digest], read.selectFrom('manifest').select('bytes').where('digest', '=', digest).compile())),
  };
}

/** Kysely decides where a parameter lands in the text: make sure that it is where we will put it. */
function inOrder<Row>(parameters: readonly string[], query: CompiledQuery<Row>): CompiledQuery<Row> {
  if (JSON.stringify(query.parameters) !== JSON.stringify(parameters)) throw new Error(`the query takes ${JSON.stringify(query.parameters)}: ${query.sql}`);
  return query;
}
