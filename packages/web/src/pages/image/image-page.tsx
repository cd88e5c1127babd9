/** What is inside this image? */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { imageQuery } from '../../api/queries.ts';
import { useTexts } from '../../language/language.tsx';
import { Bytes } from '../../parts/bytes.tsx';
import { DigestText, shortDigest } from '../../parts/digest-text.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { PullCommand } from '../../parts/pull-command.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { useCurrentInView } from '../../parts/use-current-in-view.ts';
import { repositoryPath } from '../../repository-address.ts';
import type { RepositoryFacts } from '../repository/repository-head.tsx';
import { ConfigTable } from './config-table.tsx';
import { useInsideTexts } from './texts.ts';
import { Layers } from './layers.tsx';
import { ReferrerTree } from './referrer-tree.tsx';
import { ReviewState } from './review-state.tsx';
import { TagHistory } from './tag-history.tsx';
import { TagNotice } from './tag-notice.tsx';
import { WhereItRuns } from './where-it-runs.tsx';

const Files = lazy(async () => ({ default: (await import('./files.tsx')).Files }));
const Security = lazy(async () => ({ default: (await import('./security.tsx')).Security }));
const LineageGraph = lazy(async () => ({ default: (await import('./lineage.tsx')).LineageGraph }));
const Compare = lazy(async () => ({ default: (await import('./compare.tsx')).Compare }));

export type Image = Answer<'GET /repositories/{repository}/-/images/{reference}'>;

export function ImagePage({ facts, digest }: { facts: RepositoryFacts; digest: string }) {
  const { titles } = useTexts();
  const { tag, platform } = useSearch({ strict: false });
  usePageTitle(tag === undefined ? titles.image(facts.name) : `${facts.name}:${tag}`);
  const image = useQuery(imageQuery(facts.name, digest));
  if (image.isPending) return <Skeleton rows={8} />;
  if (image.isError) return <ErrorState error={image.error} retry={() => void image.refetch()} />;
  return <Inside facts={facts} image={image.data} tag={tag} platform={platform} />;
}

type InsideProps = { facts: RepositoryFacts; image: Image; tag: string | undefined; platform: string | undefined };

function Inside({ facts, image, tag, platform }: InsideProps) {
  const { image: texts } = useTexts();
  const navigate = useNavigate();
  const { view } = useSearch({ strict: false });
  const members = image.manifests.filter((member) => member.platform !== undefined);
  // Of an index one platform is looked at; amd64 first, since most who look run it.
  const preferred = members.find((member) => member.platform === 'linux/amd64') ?? members[0];
  const member = members.find((one) => one.digest === platform) ?? preferred;
  const tags = image.tags;
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-2">
        <h2 className="font-mono text-lg">{tag ?? shortDigest(image.digest)}</h2>
        <DigestText digest={image.digest} />
        {members.length > 0 && (
          <label className="flex items-center gap-2 text-sm">
            <span className="text-muted">{texts.platform}</span>
            <select
              className="field !w-auto"
              value={member?.digest}
              onChange={({ target }) =>
                void navigate({
                  to: '/r/$',
                  params: { _splat: repositoryPath(facts.name, { kind: 'image', digest: image.digest }) },
                  search: { ...(tag !== undefined && { tag }), ...(view !== undefined && { view }), platform: target.value },
                  replace: true,
                })
              }
            >
              {members.map((one) => (
                <option key={one.digest} value={one.digest}>
                  {one.platform}
                </option>
              ))}
            </select>
          </label>
        )}
        <span className="flex flex-wrap items-center gap-1 text-sm">
          <span className="text-muted">{texts.tagged}</span>
          {tags.length === 0 ? (
            <span className="text-muted">{texts.untagged}</span>
          ) : (
            tags.slice(0, tagsShown).map((one) => (
              <RepositoryLink
                key={one}
                repository={facts.name}
                section={{ kind: 'image', digest: image.digest }}
                search={{ tag: one }}
                className="chip font-mono hover:text-text"
              >
                {one}
              </RepositoryLink>
            ))
          )}
          {tags.length > tagsShown && <span className="chip">+{tags.length - tagsShown}</span>}
        </span>
        <span className="ml-auto text-sm text-muted">
          <Bytes of={image.sizeBytes} />
        </span>
      </div>
      {image.notices.map((notice) => (
        <TagNotice key={notice.tag} notice={notice} />
      ))}
      <WhereItRuns repository={facts.name} digest={image.digest} />
      {image.review && <ReviewState review={image.review} may={facts.may} />}
      <div className="mb-6">
        <PullCommand repository={facts.name} reference={tag !== undefined && tags.includes(tag) ? tag : image.digest} />
      </div>
      <Sections facts={facts} image={image} tag={tag} member={member?.digest} />
    </>
  );
}

const tagsShown = 8;
const sections = ['layers', 'security', 'config', 'files', 'compare', 'lineage', 'referrers', 'history'] as const;
type Section = (typeof sections)[number];

function Sections({ facts, image, tag, member }: { facts: RepositoryFacts; image: Image; tag: string | undefined; member: string | undefined }) {
  const { image: texts } = useTexts();
  const insideTexts = useInsideTexts();
  const names = { ...texts, ...insideTexts };
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const section = sections.find((one) => one === search.view) ?? 'layers';
  const row = useCurrentInView(section);
  const chosen = useQuery({ ...imageQuery(facts.name, member ?? image.digest), enabled: member !== undefined });
  const shown = member === undefined ? image : chosen.data;
  const referrers = useQuery({
    queryKey: ['referrers', facts.name, image.digest],
    queryFn: ({ signal }) =>
      call('GET /repositories/{repository}/-/images/{reference}/referrers', { params: { repository: facts.name, reference: image.digest }, signal }),
  });
  const counts: Partial<Record<Section, number | undefined>> = { layers: shown?.layers.length, referrers: referrers.data?.items.length };

  function setSection(view: Section): void {
    void navigate({
      to: '/r/$',
      params: { _splat: repositoryPath(facts.name, { kind: 'image', digest: image.digest }) },
      search: { ...search, view },
      replace: true,
    });
  }

  function moveTo(event: React.KeyboardEvent): void {
    const at = sections.indexOf(section);
    const places: Readonly<Record<string, number>> = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: sections.length - 1 };
    const place = places[event.key];
    const next = place === undefined ? undefined : sections[(place + sections.length) % sections.length];
    if (next === undefined) return;
    event.preventDefault(); // Home and End would scroll
    setSection(next);
    document.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  }

  return (
    <>
      <div ref={row} role="tablist" aria-label={texts.sections} className="mb-4 flex gap-1 overflow-x-auto border-b border-line" onKeyDown={moveTo}>
        {sections.map((one) => (
          <button
            key={one}
            id={`tab-${one}`}
            type="button"
            role="tab"
            aria-selected={one === section}
            aria-controls="section"
            tabIndex={one === section ? 0 : -1}
            onClick={() => setSection(one)}
            className={`-mb-px border-b-2 px-3 py-2 whitespace-nowrap ${one === section ? 'border-accent font-semibold' : 'border-transparent text-muted hover:text-text'}`}
          >
            {names[one]} {counts[one] !== undefined && <span className="text-sm font-normal text-muted tabular-nums">{counts[one]}</span>}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="section" aria-labelledby={`tab-${section}`}>
        {shown === undefined ? (
          chosen.isError ? (
            <ErrorState error={chosen.error} retry={() => void chosen.refetch()} />
          ) : (
            <Skeleton />
          )
        ) : (
          <>
            {section === 'layers' && <Layers image={shown} />}
            {section === 'config' && <ConfigTable image={shown} repository={facts.name} />}
            <Suspense fallback={<Skeleton />}>
              {section === 'security' && <Security repository={facts.name} digest={image.digest} image={shown} />}
              {section === 'files' && <Files repository={facts.name} at={image.digest} image={shown} />}
              {section === 'lineage' && <LineageGraph repository={facts.name} digest={shown.digest} tag={tag} />}
              {section === 'compare' && <Compare repository={facts.name} at={image.digest} image={shown} />}
            </Suspense>
          </>
        )}
        {section === 'referrers' && <ReferrerTree repository={facts.name} reference={image.digest} />}
        {section === 'history' && <TagHistory facts={facts} tag={tag ?? image.tags[0]} />}
      </div>
    </>
  );
}
