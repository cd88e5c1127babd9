/** Which version do I want? */
import { useMemo, useState } from 'react';
import { compareTags } from '@naru/oci/version-tag';
import { useTexts } from '../../language/language.tsx';
import { LiveSign } from '../../parts/live-sign.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { PullCommand } from '../../parts/pull-command.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../parts/states.tsx';
import type { RepositoryFacts } from '../repository/repository-head.tsx';
import { arrangeTags } from './arrange-tags.ts';
import { SelectionBar } from './selection-bar.tsx';
import { TagFilters } from './tag-filters.tsx';
import { TagTable } from './tag-table.tsx';
import { useArrangement } from './use-arrangement.ts';
import { useChecks } from './use-checks.ts';
import { useTags } from './use-tags.ts';

export function TagsPage({ facts }: { facts: RepositoryFacts }) {
  const { titles, tags: texts, repository: repositoryTexts } = useTexts();
  const { name } = facts;
  usePageTitle(titles.tags(name));
  const tags = useTags(name);
  const checks = useChecks(name);
  const [arrangement, setArrangement] = useArrangement(name);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => arrangeTags(tags.entries, arrangement), [tags.entries, arrangement]);
  const platforms = useMemo(() => [...new Set(tags.entries.flatMap((entry) => entry.platforms))].toSorted(), [tags.entries]);

  if (tags.error !== null) return <ErrorState error={tags.error} retry={tags.refetch} />;
  if (tags.isPending) return <Skeleton rows={8} />;
  if (tags.entries.length === 0) {
    return (
      <>
        <p className="mb-2 text-right">
          <LiveSign state={tags.live} />
        </p>
        <EmptyState title={repositoryTexts.emptyTitle}>
          <p>{repositoryTexts.emptyLead}</p>
          <p className="mt-3 font-mono text-sm text-text">{`docker push ${location.host}/${name}:1`}</p>
        </EmptyState>
      </>
    );
  }
  const shown = rows.flatMap((row) => (row.kind === 'tag' ? [row.entry] : []));
  const chosen = tags.entries.filter(({ tag }) => selected.has(tag)).map(({ tag }) => tag);
  return (
    <>
      <div className="mb-4">
        <PullCommand repository={name} reference={preferred(tags.entries.map(({ tag }) => tag))} />
      </div>
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <TagFilters arrangement={arrangement} platforms={platforms} onChange={setArrangement} />
        <span className="ml-auto flex items-center gap-4 text-sm text-muted">
          <span role="status">{tags.isGrowing ? texts.loadingMore(tags.entries.length) : texts.shown(shown.length, tags.entries.length)}</span>
          <LiveSign state={tags.live} />
        </span>
      </div>
      {shown.length === 0 ? (
        <EmptyState title={texts.noMatch}>
          <button type="button" className="button" onClick={() => setArrangement({ ...arrangement, filter: '', platform: '' })}>
            {texts.showAll}
          </button>
        </EmptyState>
      ) : (
        <TagTable
          repository={name}
          rows={rows}
          checks={checks}
          arrived={tags.arrived}
          canSelect={facts.may.includes('delete')}
          selected={selected}
          onSelect={setSelected}
        />
      )}
      {chosen.length > 0 && <SelectionBar repository={name} tags={chosen} onDeleted={tags.forget} onClear={() => setSelected(new Set())} />}
    </>
  );
}

/** `latest` when there is one: it is what the commands take by themselves. */
function preferred(tags: readonly string[]): string {
  return tags.includes('latest')
    ? 'latest'
    : (tags.toSorted((a, b) => (/^v?\d/.test(a) === /^v?\d/.test(b) ? compareTags(a, b) : /^v?\d/.test(a) ? -1 : 1))[0] ?? 'latest');
}
