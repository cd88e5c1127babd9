import { useInfiniteQuery } from '@tanstack/react-query';
import { type Answer, call } from '../../api/client.ts';
import { useTexts } from '../../language/language.tsx';
import { PagedList } from '../../parts/paged-list.tsx';
import { Section } from '../../parts/section.tsx';
import { SeverityCounts } from '../../parts/severity.tsx';
import { StateFilter } from '../../parts/state-filter.tsx';
import { CsvLink } from './csv-link.tsx';
import { useNamespaceSecurityTexts } from './texts.ts';
import { useAddressed } from '../../parts/use-addressed.ts';
import { ImageSecurityLink } from '../../parts/image-security-link.tsx';

type Image = Answer<'GET /namespaces/{namespace}/security/images'>['items'][number];

const orders = ['severity', 'exploited', 'epss', 'fixable'] as const;
const pageSize = 20;

/** All images that a tag leads to, by what matters to whoever looks. */
export function WorstImages({ namespace }: { namespace: string }) {
  const texts = useNamespaceSecurityTexts();
  const [order, setOrder] = useAddressed('sort', orders);
  const key = ['namespace-security', namespace, 'images', order];
  const images = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      call('GET /namespaces/{namespace}/security/images', { params: { namespace }, query: { order, after: pageParam, limit: pageSize }, signal }),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => (next === undefined ? undefined : Number(next)),
  });
  return (
    <Section title={texts.worst}>
      <StateFilter label={texts.order} states={orders} chosen={order} words={texts.orders} onChoose={setOrder} />
      <PagedList
        of={key}
        list={images}
        rows={({ pages }) => pages.flatMap(({ items }) => items).map((one) => <ImageRow key={`${one.repository}@${one.digest}`} {...one} />)}
        empty={texts.noImages}
      />
      <CsvLink namespace={namespace} list="images" query={{ order }} />
    </Section>
  );
}

function ImageRow({ repository, digest, tags, state, counts, exploited, epss }: Image) {
  const texts = useNamespaceSecurityTexts();
  const { count } = useTexts();
  return (
    <li className="flex flex-wrap items-baseline gap-x-4 gap-y-1 border-b border-line py-2">
      <ImageSecurityLink repository={repository} digest={digest} tags={tags} />
      <SeverityCounts counts={counts} none={state === 'checked' ? texts.clean : texts.nobodyKnows} />
      {exploited > 0 && <span className="chip text-bad">{texts.isExploited}</span>}
      {epss !== undefined && <span className="text-sm text-muted tabular-nums">{texts.epss(`${count(Math.round(epss * 1000) / 10)} %`)}</span>}
      {state !== 'checked' && <span className="ml-auto chip text-warn">{texts.states[state]}</span>}
    </li>
  );
}
