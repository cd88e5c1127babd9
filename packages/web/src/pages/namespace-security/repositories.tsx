import { useInfiniteQuery } from '@tanstack/react-query';
import { type Answer, call } from '../../api/client.ts';
import { useTexts } from '../../language/language.tsx';
import { PagedList } from '../../parts/paged-list.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { Section } from '../../parts/section.tsx';
import { SeverityCounts } from '../../parts/severity.tsx';
import { CsvLink } from './csv-link.tsx';
import { useNamespaceSecurityTexts } from './texts.ts';

type Repository = Answer<'GET /namespaces/{namespace}/security/repositories'>['items'][number];
const pageSize = 20;

/** Who has the most to do: what is open in all images of each repository together. */
export function Repositories({ namespace }: { namespace: string }) {
  const texts = useNamespaceSecurityTexts();
  const key = ['namespace-security', namespace, 'repositories'];
  const repositories = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      call('GET /namespaces/{namespace}/security/repositories', { params: { namespace }, query: { after: pageParam, limit: pageSize }, signal }),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => (next === undefined ? undefined : Number(next)),
  });
  return (
    <Section title={texts.repositories} hint={texts.repositoriesHint}>
      <PagedList
        of={key}
        list={repositories}
        rows={({ pages }) => pages.flatMap(({ items }) => items).map((one) => <RepositoryRow key={one.repository} {...one} />)}
        empty={texts.noImages}
      />
      <CsvLink namespace={namespace} list="repositories" />
    </Section>
  );
}

function RepositoryRow({ repository, images, unchecked, counts }: Repository) {
  const texts = useNamespaceSecurityTexts();
  const { count } = useTexts();
  return (
    <li className="flex flex-wrap items-baseline gap-x-4 gap-y-1 border-b border-line py-2">
      <RepositoryLink repository={repository} className="link font-mono">
        {repository}
      </RepositoryLink>
      <SeverityCounts counts={counts} none={unchecked === 0 ? texts.clean : texts.nobodyKnows} />
      <span className="text-sm text-muted">{texts.images(images, count(images))}</span>
      {unchecked > 0 && <span className="ml-auto chip text-warn">{texts.notWholly(count(unchecked))}</span>}
    </li>
  );
}
