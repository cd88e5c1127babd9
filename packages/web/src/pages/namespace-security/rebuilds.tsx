import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { useTexts } from '../../language/language.tsx';
import { PagedList } from '../../parts/paged-list.tsx';
import { Section } from '../../parts/section.tsx';
import { SeverityCounts } from '../../parts/severity.tsx';
import { ImageSecurityLink } from '../../parts/image-security-link.tsx';
import { CsvLink } from './csv-link.tsx';
import { useNamespaceSecurityTexts } from './texts.ts';

type Upgrade = Answer<'GET /namespaces/{namespace}/security/bases'>['items'][number];
type Difference = Partial<Pick<Upgrade, 'removed' | 'added'>>;
const pageSize = 20;

/** Images on a former version of their base: what a rebuild of all on one base removes, and which they are. */
export function Rebuilds({ namespace }: { namespace: string }) {
  const texts = useNamespaceSecurityTexts();
  const key = ['namespace-security', namespace, 'bases'];
  const bases = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      call('GET /namespaces/{namespace}/security/bases', { params: { namespace }, query: { after: pageParam, limit: pageSize }, signal }),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => (next === undefined ? undefined : Number(next)),
  });
  return (
    <Section title={texts.rebuild} hint={texts.rebuildHint}>
      <PagedList
        of={key}
        list={bases}
        rows={({ pages }) =>
          pages.flatMap(({ items }) => items).map((one) => <BaseRow key={`${one.base}:${one.tag}@${one.now}`} namespace={namespace} {...one} />)
        }
        empty={texts.noRebuild}
      />
      <CsvLink namespace={namespace} list="rebuilds" />
    </Section>
  );
}

function BaseRow({ namespace, base, tag, images, compared, removed, added }: Upgrade & { namespace: string }) {
  const texts = useNamespaceSecurityTexts();
  const { count } = useTexts();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <li className="border-b border-line py-2">
      <details onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
        <summary className="cursor-pointer">
          {texts.rebuildOn(images, count(images))}{' '}
          <span className="font-mono font-medium">
            {base}:{tag}
          </span>{' '}
          <DifferenceText {...(compared > 0 && { removed, added })} />
        </summary>
        {isOpen && <Images namespace={namespace} base={base} tag={tag} />}
      </details>
    </li>
  );
}

function Images({ namespace, base, tag }: { namespace: string; base: string; tag: string }) {
  const texts = useNamespaceSecurityTexts();
  const key = ['namespace-security', namespace, 'rebuilds', base, tag];
  const images = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      call('GET /namespaces/{namespace}/security/rebuilds', { params: { namespace }, query: { base, tag, after: pageParam, limit: pageSize }, signal }),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => (next === undefined ? undefined : Number(next)),
  });
  return (
    <div className="mt-2 sm:pl-4">
      <PagedList
        of={key}
        list={images}
        rows={({ pages }) =>
          pages
            .flatMap(({ items }) => items)
            .map(({ repository, digest, tags, ...difference }) => (
              <li key={`${repository}@${digest}`} className="flex flex-wrap gap-x-4 border-b border-line py-1">
                <ImageSecurityLink repository={repository} digest={digest} tags={tags} />
                <DifferenceText {...difference} />
              </li>
            ))
        }
        empty={texts.noRebuild}
      />
    </div>
  );
}

/** Without a difference: nobody knows it yet. */
function DifferenceText({ removed, added }: Difference) {
  const texts = useNamespaceSecurityTexts();
  if (removed === undefined || added === undefined) return <span className="text-sm text-muted">{texts.notCompared}</span>;
  const brings = Object.values(added).some((count) => count > 0);
  return (
    <span className="text-sm">
      <span className="text-good">{texts.removes}</span> <SeverityCounts counts={removed} none={texts.nothing} />
      {brings && (
        <>
          {', '}
          <span className="text-warn">{texts.adds}</span> <SeverityCounts counts={added} none={texts.nothing} />
        </>
      )}
    </span>
  );
}
