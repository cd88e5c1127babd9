/**
 * Tells people what concerns them: jobs that find out whom, and say it once to each. May run twice, since
 * what was told has a row.
 */
import { parseDigest } from '@naru/oci/digest';
import { parseRepositoryName, type RepositoryName } from '@naru/oci/repository-name';
import { namespaceOf } from '../access/namespace.ts';
import type { EventConsumer } from '../events/consumers.ts';
import type { JobKind } from '../jobs/job-kind.ts';
import type { Severity } from '../metadata/advisory-port.ts';
import type { NewJob } from '../metadata/job-port.ts';
import type { NewNotification, Notice } from '../metadata/notification-port.ts';
import type { Event, MetadataStore } from '../metadata/port.ts';
import type { Clock } from '../runtime/clock.ts';
import { type NoticedEvent, noticeJob, noticeRequest, notifyKind } from './notice-job.ts';
import { listAdministrators, listOwners } from './owners.ts';

export type NotifyParts = {
  readonly rows: Pick<MetadataStore, 'notifications' | 'identity' | 'deployments' | 'lineage' | 'webhooks'>;
  /** What is open in an image for a repository, the worst first; undefined: it is not known (yet). */
  readonly listFindings: (image: ReturnType<typeof parseDigest>, repository: RepositoryName) => Promise<readonly OpenFinding[] | undefined>;
  /** The job that mails it to somebody; absent: this server sends no mails. */
  readonly mail?: ((userId: string, notice: Notice) => NewJob) | undefined;
  readonly clock: Clock;
};

export type OpenFinding = { readonly vulnerability: string; readonly severity: Severity; readonly package: string };

const told = ['quota.near', 'quota.reached', 'deploy.rolled_back', 'deploy.refused', 'deploy.awaiting'] as const satisfies readonly Event['kind'][];
/** What is worth an interruption; the rest stands on the pages. */
const tellingSeverities: readonly Severity[] = ['critical', 'high'];
/** Of one image: who hears of so many has to look for themselves. */
const vulnerabilitiesMax = 20;
const placesMax = 100;

export const notifyOfEvents: EventConsumer = {
  name: notifyKind,
  toJobs: (events) =>
    events
      .filter(({ kind }) => (told as readonly string[]).includes(kind))
      .map(({ id, at, kind, repository, tag, digest, environment, release, message, actor }) =>
        noticeJob({ about: 'event', event: { id, at, kind, repository, tag, digest, environment, release, message, actor } }),
      ),
};

export function notify(parts: NotifyParts): JobKind {
  const { rows, clock } = parts;
  return {
    name: notifyKind,
    concurrency: 2,
    retry: { attemptsMax: 8, firstMs: 1000, longestMs: 600e3 },
    async run({ payload }, signal) {
      const request = noticeRequest.parse(payload);
      switch (request.about) {
        case 'event':
          return tellOfEvent(request.event);
        case 'findings':
          return tellOfFindings(request.image, signal);
        case 'webhook':
          return tellOfWebhook(request.id);
        case 'invitation': {
          const user = await rows.identity.users.findByEmail(request.email);
          // An address that nobody has confirmed may be somebody else's.
          if (user?.emailVerifiedAt === undefined) return;
          const { organisation, by, until } = request;
          return tell([user.id], { kind: 'invitation', sources: [`invitation:${request.id}`], notice: () => ({ namespace: organisation, by, until }) });
        }
        case 'badge': {
          const { badge, subject, state, reason, askedBy, doubtAt, left } = request;
          const where = badge === 'official' ? { namespace: namespaceOf(subject), repository: subject } : { namespace: subject };
          const asker = await rows.identity.users.findByName(askedBy);
          const who = [...(asker ? [asker.id] : []), ...(await listOwners(rows.identity, where.namespace))];
          if (left !== undefined) who.push(...(await listOwners(rows.identity, left)));
          if (doubtAt !== undefined) who.push(...(await listAdministrators(rows.identity)));
          const facts = { ...where, subject: badge, state, ...(reason !== '' && { message: reason }) };
          return tell(who, { kind: 'badge', sources: [`badge:${request.id}:${state}${doubtAt === undefined ? '' : `:${doubtAt}`}`], notice: () => facts });
        }
      }
    },
  };

  async function tellOfEvent(event: NoticedEvent): Promise<void> {
    const { id, at, kind, repository, tag, digest, environment, message } = event;
    const namespace = namespaceOf(repository);
    // The time is in it, since ids begin anew when a backup is restored.
    const sources = [`event:${id}:${at}`];
    const state = kind.slice(kind.indexOf('.') + 1);
    if (kind.startsWith('quota.')) {
      const facts = { namespace, repository, state, ...(message !== undefined && { message }) };
      return tell(await listOwners(rows.identity, namespace), { kind: 'quota', sources, notice: () => facts });
    }
    const facts = {
      namespace,
      repository,
      state,
      by: event.actor,
      ...(tag !== undefined && { tag }),
      ...(digest !== undefined && { digest }),
      ...(environment !== undefined && { environment }),
      ...(message !== undefined && { message }),
    };
    return tell(await listConcerned(event), { kind: 'deployment', sources, notice: () => facts });
  }

  /** Who asked for it, and who owns the repository; of one that awaits it, those who may approve. */
  async function listConcerned({ kind, repository: name, environment, release }: NoticedEvent): Promise<string[]> {
    const repository = parseRepositoryName(name);
    const owners = await listOwners(rows.identity, namespaceOf(repository));
    if (environment === undefined) return owners;
    const key = { repository, name: environment };
    const asked = release === undefined ? undefined : await rows.deployments.releases.find(key, release);
    const asker = asked && (await rows.identity.users.findByName(asked.requestedBy));
    if (kind !== 'deploy.awaiting') return [...owners, ...(asker ? [asker.id] : [])];
    const approvers = (await rows.deployments.environments.find(key))?.approvers ?? [];
    const people = approvers.length === 0 ? owners : (await Promise.all(approvers.map(rows.identity.users.findByName))).flatMap((user) => user?.id ?? []);
    return people.filter((id) => id !== asker?.id);
  }

  /** Each vulnerability once in each repository, however often it is pushed. */
  async function tellOfFindings(text: string, signal: AbortSignal): Promise<void> {
    const image = parseDigest(text);
    for (const repository of await rows.lineage.listHolders(image, placesMax)) {
      signal.throwIfAborted();
      // What no tag leads to is nobody's to mend.
      const [tag] = await rows.lineage.listTags(repository, image, 1);
      const found = tag === undefined ? undefined : await parts.listFindings(image, repository);
      const worst = (found ?? []).filter(({ severity }) => tellingSeverities.includes(severity));
      const bySource = new Map(worst.map((finding) => [`finding:${repository}:${finding.vulnerability}`, finding]));
      const sources = [...bySource.keys()].slice(0, vulnerabilitiesMax);
      if (sources.length === 0) continue;
      await tell(await listOwners(rows.identity, namespaceOf(repository)), {
        kind: 'findings',
        sources,
        notice(fresh) {
          const first = bySource.get(fresh[0] ?? '');
          const where = { namespace: namespaceOf(repository), repository, digest: image, count: fresh.length, ...(tag !== undefined && { tag }) };
          return first === undefined ? where : { ...where, state: first.severity, subject: first.vulnerability, message: first.package };
        },
      });
    }
  }

  /** Once until it works again. */
  async function tellOfWebhook(id: string): Promise<void> {
    const webhook = await rows.webhooks.find(id);
    if (webhook === undefined) return;
    const { scope, url, failingSince, disabledAt } = webhook;
    const namespace = scope.kind === 'repository' ? namespaceOf(scope.name) : scope.name;
    const maker = await rows.identity.users.findByName(webhook.createdBy);
    const facts = { namespace, ...(scope.kind === 'repository' && { repository: scope.name }), subject: new URL(url).host || url };
    await tell([...(maker ? [maker.id] : []), ...(await listOwners(rows.identity, namespace))], {
      kind: 'webhook',
      sources: [`webhook:${id}:${failingSince ?? disabledAt ?? 0}`],
      notice: () => ({ ...facts, state: disabledAt === undefined ? 'dead' : 'disabled' }),
    });
  }

  async function tell(who: readonly string[], what: Pick<NewNotification, 'kind' | 'sources' | 'notice'>): Promise<void> {
    const { mail } = parts;
    for (const userId of new Set(who)) {
      await rows.notifications.tell({ userId, ...what, at: clock.now(), mail: mail && ((notice) => mail(userId, notice)) });
    }
  }
}
