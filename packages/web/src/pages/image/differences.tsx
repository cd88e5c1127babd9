import { useInfiniteQuery } from '@tanstack/react-query';
import { type Answer, call } from '../../api/client.ts';
import { useFormTexts } from '../../language/form-texts.ts';
import { useTexts } from '../../language/language.tsx';
import { Bytes } from '../../parts/bytes.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { Section } from '../../parts/section.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../parts/states.tsx';
import type { Image } from './image-page.tsx';
import { PackageDifferences } from './package-differences.tsx';
import { useInsideTexts } from './texts.ts';

type Comparison = Answer<'GET /repositories/{repository}/-/images/{reference}/compare'>;
type Change = Comparison['items'][number];
type Props = { repository: string; here: Image; there: { repository: string; image: Image } };

const askAgainMs = 700;

export function Differences({ repository, here, there }: Props) {
  const texts = useInsideTexts();
  const forms = useFormTexts();
  const { count } = useTexts();
  const params = { repository: there.repository, reference: there.image.digest };
  const compared = useInfiniteQuery({
    queryKey: ['compare', there.repository, there.image.digest, repository, here.digest],
    queryFn: ({ pageParam, signal }) =>
      call('GET /repositories/{repository}/-/images/{reference}/compare', {
        params,
        query: { with: here.digest, repository, ...(pageParam !== '' && { after: pageParam }) },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    refetchInterval: ({ state }) => (state.data?.pages[0]?.state === 'indexing' ? askAgainMs : false),
  });
  if (compared.isPending) return <Skeleton />;
  if (compared.isError) return <ErrorState error={compared.error} retry={() => void compared.refetch()} />;
  const [first] = compared.data.pages;
  if (first === undefined) return null;
  const { layers, config, counts, state, reason } = first;
  const changes = compared.data.pages.flatMap(({ items }) => items);
  const hasSameLayers = layers.added.length + layers.removed.length === 0;
  if (state === 'indexed' && changes.length === 0 && config.length === 0 && hasSameLayers) return <EmptyState title={texts.same} />;
  return (
    <>
      <Section title={texts.layers}>
        <p className="flex flex-wrap gap-x-6 gap-y-1">
          <span>{texts.layersShared(count(layers.shared.length))}</span>
          <span className="text-good">{texts.layersAdded(count(layers.added.length))}</span>
          <span className="text-bad">{texts.layersRemoved(count(layers.removed.length))}</span>
          <span className="text-muted">
            <Bytes of={sizeOf(there.image)} /> → <Bytes of={sizeOf(here)} />
          </span>
        </p>
      </Section>
      <Section title={texts.config}>{config.length === 0 ? <p className="text-muted">{texts.sameConfig}</p> : <ConfigChanges changes={config} />}</Section>
      <PackageDifferences from={{ repository: there.repository, digest: there.image.digest }} to={{ repository, digest: here.digest }} />
      <Section title={texts.files}>
        {state === 'refused' ? (
          <EmptyState title={texts.refused}>{reason}</EmptyState>
        ) : state === 'indexing' ? (
          <div role="status">
            <p className="text-muted">{texts.indexing}</p>
            <Skeleton />
          </div>
        ) : changes.length === 0 ? (
          <p className="text-muted">{texts.sameFiles}</p>
        ) : (
          <>
            <p className="mb-2 flex flex-wrap gap-x-6 gap-y-1">
              <span className="text-good">{texts.counts.added(count(counts.added))}</span>
              <span className="text-bad">{texts.counts.removed(count(counts.removed))}</span>
              <span className="text-warn">{texts.counts.changed(count(counts.changed))}</span>
              <span className="text-muted">
                <Bytes of={counts.removedBytes} /> → <Bytes of={counts.addedBytes} />
              </span>
            </p>
            <ul className="border-t border-line">
              {changes.map((change) => (
                <ChangeRow key={change.path} {...change} />
              ))}
            </ul>
            {compared.hasNextPage && (
              <p className="mt-4 text-center">
                <button type="button" className="button" disabled={compared.isFetchingNextPage} onClick={() => void compared.fetchNextPage()}>
                  {forms.more}
                </button>
              </p>
            )}
          </>
        )}
      </Section>
    </>
  );
}

const signs = { added: ['+', 'text-good'], removed: ['−', 'text-bad'], changed: ['~', 'text-warn'] } as const;

function ChangeRow({ path, change, before, after }: Change) {
  const texts = useInsideTexts();
  const [sign, colour] = signs[change];
  const isFolder = (after ?? before)?.kind === 'directory';
  return (
    <li className="flex items-baseline gap-3 border-b border-line py-1 text-[0.93em]">
      <span className={`w-3 shrink-0 text-center font-mono ${colour}`} title={texts[change]}>
        <span aria-hidden="true">{sign}</span>
        <span className="aside">{texts[change]}</span>
      </span>
      <span className="min-w-0 grow font-mono text-[0.93em]">
        <ForeignText>{`/${path}${isFolder ? '/' : ''}`}</ForeignText>
      </span>
      {!isFolder && (
        <span className="shrink-0 text-sm text-muted">
          {before && <Bytes of={before.sizeBytes} />}
          {before && after && ' → '}
          {after && <Bytes of={after.sizeBytes} />}
        </span>
      )}
    </li>
  );
}

function ConfigChanges({ changes }: { changes: Comparison['config'] }) {
  const texts = useInsideTexts();
  return (
    <table className="w-full border-t border-line text-left max-sm:block">
      <thead className="text-sm text-muted max-sm:hidden">
        <tr className="border-b border-line">
          <th className="w-48 py-1 font-normal">{texts.field}</th>
          <th className="py-1 pr-4 font-normal">{texts.before}</th>
          <th className="py-1 font-normal">{texts.after}</th>
        </tr>
      </thead>
      <tbody className="max-sm:block">
        {changes.map(({ field, before, after }) => (
          <tr key={field} className="border-b border-line align-top max-sm:block max-sm:py-1.5">
            <th scope="row" className="py-1.5 pr-4 font-medium max-sm:block max-sm:py-0">
              {field}
            </th>
            <Value name={texts.before} of={before} colour="text-bad" />
            <Value name={texts.after} of={after} colour="text-good" />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** As JSON has it, a member on each line. */
function Value({ name, of, colour }: { name: string; of: unknown; colour: string }) {
  const { image } = useTexts();
  return (
    <td className="py-1.5 pr-4 max-sm:block max-sm:py-0.5">
      <span className="text-sm text-muted sm:hidden">{name} </span>
      {of === undefined ? (
        <span className="text-muted">{image.none}</span>
      ) : (
        <code className={`font-mono text-[0.87em] whitespace-pre-wrap ${colour}`}>
          <ForeignText>{typeof of === 'string' ? of : JSON.stringify(of, undefined, 1)}</ForeignText>
        </code>
      )}
    </td>
  );
}

function sizeOf({ layers }: Image): number {
  return layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
