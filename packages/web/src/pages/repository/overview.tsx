import { compareTags, findVersion } from '@naru/oci/version-tag';
import { useTexts } from '../../language/language.tsx';
import { Bytes } from '../../parts/bytes.tsx';
import { Command } from '../../parts/command.tsx';
import { DigestText } from '../../parts/digest-text.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { PullCommand } from '../../parts/pull-command.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../parts/states.tsx';
import { PullsChart } from './pulls-chart.tsx';
import { Readme } from './readme.tsx';
import { type TagEntry, useTags } from '../tags/use-tags.ts';
import type { RepositoryFacts } from './repository-head.tsx';

const shownMax = 6;

/** What is it, may I trust it, how do I pull it. */
export function Overview({ facts }: { facts: RepositoryFacts }) {
  const texts = useTexts();
  usePageTitle(facts.name);
  const tags = useTags(facts.name);
  if (tags.error !== null) return <ErrorState error={tags.error} retry={tags.refetch} />;
  if (tags.isPending) return <Skeleton />;
  if (tags.entries.length === 0) return <EmptyRepository name={facts.name} />;
  const newest = newestFirst(tags.entries);
  return (
    <div className="grid gap-x-10 gap-y-6 lg:grid-cols-[minmax(0,1fr)_18rem]">
      <div className="min-w-0">
        <h2 className="mb-2">{texts.repository.pull}</h2>
        <PullCommand repository={facts.name} reference={newest[0]?.tag ?? 'latest'} />
        <h2 className="mt-7 mb-1">{texts.repository.newest}</h2>
        <ul>
          {newest.slice(0, shownMax).map((entry) => (
            <li key={entry.tag} className="flex flex-wrap items-center gap-x-4 gap-y-0.5 border-b border-line py-2">
              <RepositoryLink
                repository={facts.name}
                section={{ kind: 'image', digest: entry.digest }}
                search={{ tag: entry.tag }}
                className="link min-w-24 grow font-mono"
              >
                {entry.tag}
              </RepositoryLink>
              <DigestText digest={entry.digest} />
              <span className="w-20 text-right text-sm text-muted">
                <Bytes of={entry.sizeBytes} />
              </span>
              <span className="w-28 text-right text-sm text-muted">
                <RelativeTime at={entry.movedAt} />
              </span>
            </li>
          ))}
        </ul>
        <p className="mt-3">
          <RepositoryLink repository={facts.name} section={{ kind: 'tags' }} className="link">
            {texts.repository.allTags(tags.entries.length)}
          </RepositoryLink>
        </p>
        <Readme repository={facts.name} canEdit={facts.may.includes('manage')} />
      </div>
      <Facts facts={facts} platforms={platformsOf(newest)} />
    </div>
  );
}

function Facts({ facts, platforms }: { facts: RepositoryFacts; platforms: readonly string[] }) {
  const { repository, tags, count } = useTexts();
  const rows = [
    [repository.changed, facts.taggedAt === undefined ? repository.never : <RelativeTime key="changed" at={facts.taggedAt} />],
    [repository.created, <RelativeTime key="created" at={facts.createdAt} />],
    [repository.size, <Bytes key="size" of={facts.sizeBytes} />],
    [repository.pulls, count(facts.pulls)],
    [repository.lastPulled, facts.pulledAt === undefined ? repository.never : <RelativeTime key="pulled" at={facts.pulledAt} />],
    ...(facts.licenses === '' ? [] : ([[repository.licence, <bdi key="licence">{facts.licenses}</bdi>]] as const)),
    ...(facts.sourceUrl === '' ? [] : ([[repository.source, <SourceLink key="source" url={facts.sourceUrl} />]] as const)),
    [repository.visibility, repository.titles[facts.visibility]],
  ] as const;
  return (
    <div className="h-fit text-sm lg:border-l lg:border-line lg:pl-6">
      <dl>
        {rows.map(([name, value]) => (
          <div key={name} className="flex justify-between gap-4 py-1.5">
            <dt className="text-muted">{name}</dt>
            <dd className="text-right">{value}</dd>
          </div>
        ))}
        <div className="py-1.5">
          <dt className="mb-1 text-muted">{tags.platforms}</dt>
          <dd className="flex flex-wrap gap-1">
            {platforms.length === 0
              ? tags.none
              : platforms.map((platform) => (
                  <span key={platform} className="chip">
                    {platform}
                  </span>
                ))}
          </dd>
        </div>
      </dl>
      <PullsChart repository={facts.name} />
    </div>
  );
}

/** As the image says, so it is a stranger's: the server lets http and https through, and so do we. */
function SourceLink({ url }: { url: string }) {
  if (!/^https?:\/\//i.test(url)) return <bdi>{url}</bdi>;
  return (
    <a href={url} rel="nofollow noopener noreferrer" className="link">
      <bdi>{url.replace(/^https?:\/\//i, '')}</bdi>
    </a>
  );
}

function EmptyRepository({ name }: { name: string }) {
  const { repository } = useTexts();
  const image = `${location.host}/${name}:1`;
  return (
    <EmptyState title={repository.emptyTitle}>
      <p className="mb-3">{repository.emptyLead}</p>
      <div className="text-left text-text">
        <Command lines={[`docker tag IMAGE ${image}`, `docker push ${image}`]} />
      </div>
    </EmptyState>
  );
}

/** `latest` first, since it is what is pulled when nothing is said; then whole versions, the newest first. */
function newestFirst(entries: readonly TagEntry[]): TagEntry[] {
  const rank = ({ tag }: TagEntry) => (tag === 'latest' ? 0 : findVersion(tag) === undefined ? 2 : 1);
  return entries.toSorted((one, other) => rank(one) - rank(other) || compareTags(one.tag, other.tag));
}

function platformsOf(entries: readonly TagEntry[]): string[] {
  return [...new Set(entries.slice(0, shownMax).flatMap(({ platforms }) => platforms))].toSorted();
}
