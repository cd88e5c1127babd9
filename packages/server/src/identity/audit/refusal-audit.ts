/**
 * What was refused: pulls, pushes and deletions, and log-ins. Whoever is refused costs a look into
 * memory; once a minute an entry is written for each actor, address, action and repository, or way to log
 * in, with how often it was. What is new of these is kept at once, so that nobody is rid of their trace
 * by killing the process: at the most the counts of its last second are gone.
 *
 * Strangers decide how much there is to write, so that is bounded (I6): beyond `perNetworkMax` kinds a
 * minute a network has one entry for each action, and beyond `perHourMax` entries an hour everybody
 * together has one. `*` stands for what such an entry does not tell apart.
 *
 * A client that shows nothing, or a token that is over or for something else, is told where tokens are
 * to be had, and mostly comes back with one: that is no refusal, unless it does not ask for a token. A process that is killed before that is known
 * says nothing of it.
 */
import { namespaceOf } from '../../access/namespace.ts';
import type { AuditEntry, AuditRows } from '../../metadata/identity/port.ts';
import { networkOf } from '../../network/subscriber.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { gatherEntries } from './gathered-entries.ts';
import type { RefusedRequest, RefusedSignIn } from './refused.ts';

export type RefusalAudit = AsyncDisposable & {
  request(refused: RefusedRequest): void;
  signIn(refused: RefusedSignIn): void;
  /** Somebody there has asked for a token for these: what they were told before was no refusal. */
  cameBack(address: string, repositories: readonly string[]): void;
  flush(): Promise<void>;
};

export type RefusalAuditParts = {
  readonly rows: Pick<AuditRows, 'keep' | 'appendGathered'>;
  /** What a tag points to. */
  readonly findDigest: (repository: string, tag: string) => Promise<string | undefined>;
  readonly clock: Clock;
  readonly log: Log;
  readonly every: (ms: number, work: () => void) => Disposable;
};

export const writtenEveryMs = 60_000;
export const comesBackWithinMs = 10_000;
export const perNetworkMax = 20;
export const perHourMax = 2000;
const waitingMax = 5000;
const hourMs = 3600e3;

type Refusal = AuditEntry & { readonly address: string };

export function createRefusalAudit({ rows, findDigest, clock, log, every }: RefusalAuditParts): RefusalAudit {
  const gathered = gatherEntries({ rows, log, counted: 'times', keepsNewAtOnce: true, every, complete: withDigest });
  /** By address and repository. */
  const waiting = new Map<string, { refusal: Refusal; until: number }>();
  /** Kinds of entries in this minute. */
  let ofNetwork = new Map<string, number>();
  let hour = { begins: 0, entries: 0 };
  const timers = [gathered, every(comesBackWithinMs, settle), every(writtenEveryMs, () => void flush())];

  return {
    request({ caller, address, action, repository, digest, tag, blob, code, isChallenge }) {
      const namespace = namespaceOf(repository);
      const refusal: Refusal = {
        at: clock.now(),
        action: `${action}.refused`,
        actor: caller?.actor ?? 'anonymous',
        address,
        ...(caller?.credential !== undefined && { credential: caller.credential }),
        ...(namespace !== '' && { namespace }),
        repository,
        ...(digest !== undefined && { digest }),
        ...(tag !== undefined && { tag }),
        detail: { code, ...(blob !== undefined && { blob }) },
      };
      if (!isChallenge || waiting.size >= waitingMax) gather(refusal);
      else if (!waiting.has(waitingKey(address, repository))) {
        waiting.set(waitingKey(address, repository), { refusal, until: refusal.at + comesBackWithinMs });
      }
    },

    signIn({ account, address, by, reason }) {
      const refusal: Refusal = {
        at: clock.now(),
        action: 'sign-in.refused',
        actor: account ?? 'anonymous',
        address,
        ...(account !== undefined && { namespace: account }),
        detail: { by, reason },
      };
      gather(refusal, `${by} ${reason}`);
    },

    cameBack(address, repositories) {
      for (const repository of repositories) waiting.delete(waitingKey(address, repository));
    },

    flush,

    async [Symbol.asyncDispose]() {
      for (const timer of timers) timer[Symbol.dispose]();
      await flush();
    },
  };

  /** Which image a pull by a tag was about. */
  async function withDigest(entry: AuditEntry): Promise<AuditEntry> {
    if (entry.action !== 'pull.refused' || entry.repository === undefined || entry.tag === undefined || entry.digest !== undefined) return entry;
    const digest = await findDigest(entry.repository, entry.tag);
    return digest === undefined ? entry : { ...entry, digest };
  }

  async function flush(): Promise<void> {
    settle();
    ofNetwork = new Map();
    await gathered.flush();
  }

  /** Those who did not come back. */
  function settle(): void {
    const now = clock.now();
    for (const [key, { refusal, until }] of waiting) {
      if (until > now) return;
      waiting.delete(key);
      gather(refusal);
    }
  }

  /** `kind`: what tells it from others of the same actor, address and action. */
  function gather(refusal: Refusal, kind = refusal.repository ?? ''): void {
    const { at, action, actor, address } = refusal;
    const key = `${action} ${actor} ${address} ${kind}`;
    if (gathered.countAgain(key, refusal)) return;
    if (at - hour.begins >= hourMs) hour = { begins: at, entries: 0 };
    const network = networkOf(address);
    const kinds = ofNetwork.get(network) ?? 0;
    if (hour.entries >= perHourMax) return gatherTogether(at, action, '*');
    if (kinds >= perNetworkMax) return gatherTogether(at, action, network);
    ofNetwork.set(network, kinds + 1);
    hour.entries++;
    gathered.add(key, refusal);
  }

  function gatherTogether(at: number, action: string, network: string): void {
    const key = `${action} * ${network}`;
    if (gathered.countAgain(key)) return;
    if (network !== '*') hour.entries++;
    gathered.add(key, { at, action, actor: '*', address: network });
  }
}

function waitingKey(address: string, repository: string): string {
  return `${address} ${repository}`;
}
