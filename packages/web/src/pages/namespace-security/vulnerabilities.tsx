import { useInfiniteQuery } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { useTexts } from '../../language/language.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { PagedList } from '../../parts/paged-list.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { Section } from '../../parts/section.tsx';
import { SeverityWord } from '../../parts/severity.tsx';
import { CsvLink } from './csv-link.tsx';
import { useNamespaceSecurityTexts } from './texts.ts';

const pageSize = 20;

/** What is exploited first, then the worst, then what is in the most images. */
export function Vulnerabilities({ namespace }: { namespace: string }) {
  const texts = useNamespaceSecurityTexts();
  const { count } = useTexts();
  const key = ['namespace-security', namespace, 'vulnerabilities'];
  const vulnerabilities = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      call('GET /namespaces/{namespace}/security/vulnerabilities', { params: { namespace }, query: { after: pageParam, limit: pageSize }, signal }),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => (next === undefined ? undefined : Number(next)),
  });
  return (
    <Section title={texts.vulnerabilities}>
      <PagedList
        of={key}
        list={vulnerabilities}
        rows={({ pages }) =>
          pages
            .flatMap(({ items }) => items)
            .map(({ id, package: name, severity, images, fixable, exploited, since }) => (
              <li key={`${id} ${name}`} className="flex flex-wrap items-baseline gap-x-4 gap-y-1 border-b border-line py-2">
                <SeverityWord severity={severity} />
                <span className="font-mono">{id}</span>
                <ForeignText>{name}</ForeignText>
                <span className={fixable ? 'text-sm text-good' : 'text-sm text-muted'}>{fixable ? texts.hasFix : texts.noFix}</span>
                {exploited && <span className="chip text-bad">{texts.isExploited}</span>}
                <span className="ml-auto text-sm text-muted tabular-nums">
                  {texts.inImages(texts.images(images, count(images)))} · <RelativeTime at={since} />
                </span>
              </li>
            ))
        }
        empty={texts.noVulnerabilities}
      />
      <CsvLink namespace={namespace} list="vulnerabilities" />
    </Section>
  );
}
