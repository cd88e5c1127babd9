/**
 * Two people who change the same thing: whoever names with If-Match what they have read is refused
 * when it is not so any more, and told who changed it. A row names the row that reads what it changes
 * (`edits`), and that one the fields that people write (`edited`): pulls and stars are no conflict. So
 *
 *     ETag: "<what people write>.<the whole answer>"
 *
 * and If-Match compares the first part, If-None-Match of a GET the whole. `If-None-Match: *` makes what
 * must not be there yet. Look and change happen under one lock in memory: the data folder belongs to
 * one process. Called by the router alone.
 */
import { formatEtag, parseEtagList } from '@naru/oci/etag';
import { RegistryError } from '@naru/oci/registry-error';
import type { StoredAuditEntry } from '../metadata/identity/port.ts';
import { createLocks } from '../runtime/locks.ts';
import { hashText } from './etag-of.ts';
import type { ApiCall, ApiResult, ApiRoute, Edited } from './route.ts';

export type Edits = {
  /** Throws PRECONDITION_FAILED, and what the row throws. */
  change(route: ApiRoute, call: ApiCall): Promise<ApiResult>;
};

export function createEdits(routes: readonly ApiRoute[]): Edits {
  const locks = createLocks<string>();
  const readers = new Map(routes.map((row) => [row.operation, row]));
  return {
    async change(route, call) {
      const { edits } = route;
      const reader = edits && readers.get(edits.record);
      if (edits === undefined || reader?.edited === undefined) return route.handle(call);
      const { edited } = reader;
      const read = () => findRecord(reader, call);
      return locks.hold(`${reader.operation} ${JSON.stringify(call.params)}`, async () => {
        await requireSeen(call, edits.audit, async () => {
          const value = await read();
          return value === undefined ? undefined : editionOf(value, edited);
        });
        const result = await route.handle(call);
        const now = await read();
        return now === undefined ? result : { ...result, headers: { ...result.headers, etag: recordEtag(now, edited) } };
      });
    },
  };
}

/** Of what is answered: `value` as it is written. */
export function recordEtag(value: unknown, edited: Edited): string {
  return formatEtag(`${editionOf(value, edited)}.${hashText(JSON.stringify(value))}`);
}

function editionOf(value: unknown, edited: Edited): string {
  const all = value as Readonly<Record<string, unknown>>; // rows answer with objects
  return hashText(JSON.stringify(edited.map((field) => all[field] ?? null)));
}

/** As its own row answers; undefined: there is none. */
async function findRecord(reader: ApiRoute, call: ApiCall): Promise<unknown> {
  try {
    return (await reader.handle({ ...call, query: {}, body: undefined })).value;
  } catch (error) {
    if (error instanceof RegistryError && error.entry.status === 404) return undefined;
    throw error;
  }
}

async function requireSeen(call: ApiCall, audit: readonly string[], find: () => Promise<string | undefined>): Promise<void> {
  const [seen, unseen] = [call.request.header('if-match'), call.request.header('if-none-match')];
  if (seen === undefined && unseen === undefined) return;
  const now = await find();
  const wanted = seen === undefined ? '*' : parseEtagList(seen, 'strong');
  const isSeen = wanted === '*' ? seen === undefined || now !== undefined : wanted.some((tag) => tag.split('.')[0] === now);
  const isAbsent = unseen === undefined || parseEtagList(unseen) !== '*' || now === undefined;
  if (!isSeen || !isAbsent) throw await refusal(call, audit, now !== undefined);
}

async function refusal(call: ApiCall, audit: readonly string[], isThere: boolean): Promise<RegistryError> {
  const last = await findLast(call, audit);
  const what = isThere ? 'changed' : 'deleted';
  return new RegistryError('PRECONDITION_FAILED', {
    message: `${last?.actor ?? 'somebody'} has ${what} it meanwhile: read it again`,
    detail: { ...(last && { changedBy: last.actor, changedAt: last.at }) },
  });
}

/** How far back in the audit the last change of one thing is looked for. */
const lookedAtMax = 100;

/** Whoever gets here may manage the thing, so they may know who else did. */
async function findLast({ params, repository, parts: { rows } }: ApiCall, audit: readonly string[]): Promise<StoredAuditEntry | undefined> {
  const namespace = params['namespace'] === 'server' ? '' : params['namespace'];
  const place = repository === undefined ? { namespace: namespace ?? '' } : { repository };
  const found = await Promise.all(audit.map((action) => rows.identity.audit.list({ ...place, action, limit: lookedAtMax })));
  return found
    .flat()
    .filter((entry) => entry.repository === repository && ofOne.every((kind) => params[kind] === undefined || entry.detail?.[kind] === params[kind]))
    .toSorted((one, two) => two.id - one.id)[0];
}

/** Parts of a path that name one of several things, and say so in the audit as well. */
const ofOne = ['environment', 'webhook'] as const;
