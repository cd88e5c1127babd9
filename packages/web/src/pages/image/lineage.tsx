/** Which images this one stands on, and which stand on it: a tree from the oldest base down to what was built last. */
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { shortDigest } from '../../parts/digest-text.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../parts/states.tsx';
import { useLineageTexts } from './lineage-texts.ts';

type Lineage = Answer<'GET /repositories/{repository}/-/images/{reference}/lineage'>['images'][number];
type Relative = Lineage['builtOn'][number];
type Golden = Lineage['golden'][number];

const pageSize = 50;
/** Of the places that hold one image. */
const placesShown = 4;

export function LineageGraph({ repository, digest, tag }: { repository: string; digest: string; tag: string | undefined }) {
  const texts = useLineageTexts();
  const pages = useInfiniteQuery({
    queryKey: ['lineage', repository, digest],
    queryFn: ({ signal, pageParam }) =>
      call('GET /repositories/{repository}/-/images/{reference}/lineage', {
        params: { repository, reference: digest },
        query: { limit: pageSize, ...(pageParam > 0 && { after: pageParam }) },
        signal,
      }),
    initialPageParam: 0,
    getNextPageParam: ({ images: [image] }) => image?.next,
  });
  if (pages.isPending) return <Skeleton rows={4} />;
  if (pages.isError) return <ErrorState error={pages.error} retry={() => void pages.refetch()} />;
  const [lineage] = pages.data.pages[0]?.images ?? [];
  if (lineage === undefined) return <EmptyState title={texts.notAnImage} />;
  const usedBy = pages.data.pages.flatMap(({ images: [image] }) => image?.usedBy ?? []);
  const { builtOn, golden, base } = lineage;
  const names = `${repository}${tag === undefined ? '' : `:${tag}`}`;
  return (
    <div className="space-y-4">
      {golden.map((one) => (
        <GoldenNote key={`${one.namespace} ${one.repository}:${one.tag}`} golden={one} />
      ))}
      {base?.name !== undefined && base.digest === undefined && <p className="text-muted">{texts.declaredBase(base.name)}</p>}
      {builtOn.length === 0 && usedBy.length === 0 ? (
        <EmptyState title={texts.alone} />
      ) : (
        <div role="group" aria-label={texts.graph} className="overflow-x-auto">
          {/* The server lists the nearest first; the tree begins with the one that all others stand on. */}
          <Standing on={builtOn.toReversed()}>
            <Node isThis layers={lineage.layers}>
              <span className="font-mono font-medium">{names}</span> <span className="chip">{texts.thisImage}</span>
            </Node>
            {usedBy.length > 0 && (
              <Branches>
                {usedBy.map((one) => (
                  <li key={one.digest}>
                    <RelativeNode relative={one} />
                  </li>
                ))}
              </Branches>
            )}
          </Standing>
        </div>
      )}
      {pages.hasNextPage && (
        <button type="button" className="button" disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {texts.showMore}
        </button>
      )}
    </div>
  );
}

/** Each base with the next one on it, and on the last of them what is given. */
function Standing({ on: [base, ...rest], children }: { on: readonly Relative[]; children: ReactNode }): ReactNode {
  if (base === undefined) return children;
  return (
    <>
      <RelativeNode relative={base} />
      <Branches>
        <li>
          <Standing on={rest}>{children}</Standing>
        </li>
      </Branches>
    </>
  );
}

function Branches({ children }: { children: ReactNode }) {
  return (
    <ul className="ml-4 border-l-2 border-line pl-4 *:relative *:before:absolute *:before:top-6 *:before:-left-4 *:before:w-3 *:before:border-t-2 *:before:border-line">
      {children}
    </ul>
  );
}

function Node({ layers, isThis = false, children }: { layers: number; isThis?: boolean; children: ReactNode }) {
  const texts = useLineageTexts();
  return (
    <div
      className={`my-1.5 inline-flex max-w-full flex-wrap items-center gap-x-3 gap-y-1 rounded-md border px-3 py-2 ${isThis ? 'border-accent' : 'border-line bg-raised'}`}
    >
      {children}
      <span className="text-sm text-muted tabular-nums">{texts.layers(layers)}</span>
    </div>
  );
}

function RelativeNode({ relative: { digest, layers, witness, places } }: { relative: Relative }) {
  const texts = useLineageTexts();
  return (
    <Node layers={layers}>
      {places.slice(0, placesShown).map(({ repository, tags: [tag] }) => (
        <RepositoryLink
          key={repository}
          repository={repository}
          section={{ kind: 'image', digest }}
          search={{ view: 'lineage', ...(tag !== undefined && { tag }) }}
          className="link font-mono"
        >
          {tag === undefined ? `${repository}@${shortDigest(digest)}` : `${repository}:${tag}`}
        </RepositoryLink>
      ))}
      {places.length === 0 && (
        <span className="text-muted">
          <span className="font-mono">{shortDigest(digest)}</span> {texts.nowhere}
        </span>
      )}
      {places.length > placesShown && <span className="text-sm text-muted">{texts.more(places.length - placesShown)}</span>}
      {witness === 'annotation' && (
        <span className="chip" title={texts.byAnnotationHint}>
          {texts.byAnnotation}
        </span>
      )}
    </Node>
  );
}

function GoldenNote({ golden: { repository, tag, state, now } }: { golden: Golden }) {
  const texts = useLineageTexts();
  return (
    <p className={`rounded-md border px-3 py-2 ${state === 'current' ? 'border-line' : 'border-warn'}`}>
      {texts.golden[state](`${repository}:${tag}`)}{' '}
      {now !== undefined && state === 'outdated' && (
        <RepositoryLink repository={repository} section={{ kind: 'image', digest: now }} search={{ tag }} className="link">
          {texts.newBase}
        </RepositoryLink>
      )}
    </p>
  );
}
