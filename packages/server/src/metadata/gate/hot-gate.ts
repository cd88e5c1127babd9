/**
 * Whether something may be pulled, for every pull. Where nobody has a policy this is one comparison of
 * numbers and one look into memory; where somebody has, an answer is kept until anything is committed.
 */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { Selectable } from 'kysely';
import { isQuarantined } from '../../gate/policy.ts';
import { boundedCache } from '../bounded-cache.ts';
import type { MetadataDatabase } from '../database.ts';
import type { GatePolicyRows, HotGate, Verdict, VerdictKey } from './port.ts';
import type { GateTables } from './tables.ts';
import { toVerdict } from './verdict-rows.ts';

type Refusal = Pick<Verdict, 'reasons' | 'reasonCount'>;
/** `judged`: what was judged and blocked is refused; `quarantine`: also what was not judged. */
type Standing = { readonly kind: 'open' | 'judged' | 'quarantine' };
type Answer = { readonly refusal: Refusal | undefined };

const keptAnswers = 8192;
const keptStandings = 4096;
/** Images of a repository that share one blob and are looked at (I6): the rest are taken to be like them. */
const holdersMax = 1000;

const unjudged: Refusal = { reasons: [{ rule: 'quarantine', by: 'this repository', text: 'it has not been checked yet' }], reasonCount: 1 };

export function hotGate({ read, dataVersion }: MetadataDatabase, policies: GatePolicyRows): HotGate {
  const standings = boundedCache<Standing>({ maxEntries: keptStandings });
  const answers = boundedCache<Answer>({ maxEntries: keptAnswers });
  let version: number | undefined;
  let isAnyone: boolean | undefined;

  return {
    findRefusal: (key) => findThrough(`m ${key.repository}@${key.digest}`, key, askImage),
    findBlobRefusal: (key) => findThrough(`b ${key.repository}@${key.digest}`, key, askBlob),
  };

  async function findThrough(
    name: string,
    key: VerdictKey,
    ask: (key: VerdictKey, standing: Standing) => Promise<Refusal | undefined>,
  ): Promise<Refusal | undefined> {
    const asked = renew();
    isAnyone ??= await hasPolicies();
    if (!isAnyone) return undefined;
    const standing = await standingOf(key.repository, asked);
    if (standing.kind === 'open') return undefined;
    const known = answers.get(name);
    if (known !== undefined) return known.refusal;
    const refusal = await ask(key, standing);
    if (isCurrent(asked)) answers.set(name, { refusal });
    return refusal;
  }

  /** The data version, after making sure that no answer is older. */
  function renew(): number | undefined {
    const now = dataVersion();
    if (now === undefined || now !== version) {
      standings.clear();
      answers.clear();
      isAnyone = undefined;
      version = now;
    }
    return now;
  }

  /** Not when a commit came between: what was read may be older than it. */
  function isCurrent(asked: number | undefined): boolean {
    return asked !== undefined && asked === version && dataVersion() === asked;
  }

  async function hasPolicies(): Promise<boolean> {
    return (
      (await read
        .selectFrom('gate_policy')
        .select('scope_kind')
        .where('scope_kind', 'in', ['server', 'namespace', 'repository'])
        .limit(1)
        .executeTakeFirst()) !== undefined
    );
  }

  async function standingOf(repository: RepositoryName, asked: number | undefined): Promise<Standing> {
    const known = standings.get(repository);
    if (known !== undefined) return known;
    const levels = await policies.listLevels(repository);
    const standing: Standing = { kind: levels.length === 0 ? 'open' : isQuarantined(levels) ? 'quarantine' : 'judged' };
    if (isCurrent(asked)) standings.set(repository, standing);
    return standing;
  }

  async function askImage({ repository, digest }: VerdictKey, standing: Standing): Promise<Refusal | undefined> {
    const row = await read.selectFrom('gate_verdict').selectAll().where('repository', '=', repository).where('digest', '=', digest).executeTakeFirst();
    return refusalOf(row, standing);
  }

  /** What no image has is no image's: only a quarantine keeps it, since nobody knows what it is. */
  async function askBlob({ repository, digest }: VerdictKey, standing: Standing): Promise<Refusal | undefined> {
    const rows = await listHolders(repository, digest);
    if (rows.length === 0) return standing.kind === 'quarantine' ? unjudged : undefined;
    // A signature and the like is none that opens what is blocked, or anybody could wrap a layer in one.
    const images = rows.filter(({ state }) => state !== 'exempt');
    if (images.length === 0) return undefined;
    const refusals = images.map((row) => refusalOf(row.state === null ? undefined : row, standing));
    return refusals.includes(undefined) ? undefined : refusals[0];
  }

  async function listHolders(repository: RepositoryName, blob: Digest) {
    const rows = await read
      .selectFrom('manifest_blob')
      .leftJoin('gate_verdict', (join) =>
        join.onRef('gate_verdict.repository', '=', 'manifest_blob.repository').onRef('gate_verdict.digest', '=', 'manifest_blob.digest'),
      )
      .select(['state', 'reasons', 'reason_count', 'exceptions', 'judged_at', 'checked_at', 'review_at'])
      .where('manifest_blob.repository', '=', repository)
      .where('manifest_blob.blob_digest', '=', blob)
      .limit(holdersMax)
      .execute();
    return rows as (Omit<Selectable<GateTables['gate_verdict']>, 'repository' | 'digest' | 'state'> & { state: GateTables['gate_verdict']['state'] | null })[]; // a join gives all or none of them
  }
}

function refusalOf(row: Parameters<typeof toVerdict>[0] | undefined | { state: null }, { kind }: Standing): Refusal | undefined {
  if (row === undefined || row.state === null) return kind === 'quarantine' ? unjudged : undefined;
  return row.state === 'blocked' ? toVerdict(row) : undefined;
}
