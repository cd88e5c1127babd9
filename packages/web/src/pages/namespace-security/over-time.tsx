import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { useTexts } from '../../language/language.tsx';
import { DayChart } from '../../parts/day-chart.tsx';
import { Section } from '../../parts/section.tsx';
import { countOf, type Severity, useSeverityTexts } from '../../parts/severity.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { CsvLink } from './csv-link.tsx';
import { useNamespaceSecurityTexts } from './texts.ts';

const shownDays = 90;
const lines: readonly (readonly [Severity, stroke: string, dash?: string])[] = [
  ['critical', 'stroke-bad'],
  ['high', 'stroke-bad', '5 3'],
  ['medium', 'stroke-warn', '2 3'],
  ['low', 'stroke-muted', '1 4'],
];

/** How much was open on each day: only days on which the server counted. */
export function OverTime({ namespace }: { namespace: string }) {
  const texts = useNamespaceSecurityTexts();
  const words = useSeverityTexts();
  const { count } = useTexts();
  const days = useQuery({
    queryKey: ['namespace-security', namespace, 'days'],
    queryFn: ({ signal }) => call('GET /namespaces/{namespace}/security/days', { params: { namespace }, query: { days: shownDays, limit: shownDays }, signal }),
  });
  const items = days.data?.items ?? [];
  const last = items.at(-1);
  return (
    <Section title={texts.overTime}>
      {days.isPending && <Skeleton rows={2} />}
      {days.isError && <ErrorState error={days.error} retry={() => void days.refetch()} />}
      {days.data && (
        <div className="max-w-3xl">
          <DayChart
            title={texts.chartTitle(items.length)}
            note={last?.opened === undefined ? '' : texts.cameAndWent(count(last.opened), count(last.closed ?? 0))}
            days={items.map(({ day }) => day)}
            lines={lines.map(([severity, stroke, dash]) => ({
              name: words[severity],
              values: items.map(({ counts }) => countOf(counts, severity)),
              stroke,
              ...(dash !== undefined && { dash }),
            }))}
            text={count}
            columns={[
              { name: texts.opened, cells: items.map(({ opened }) => (opened === undefined ? '' : count(opened))) },
              { name: texts.closed, cells: items.map(({ closed }) => (closed === undefined ? '' : count(closed))) },
              { name: texts.unchecked, cells: items.map(({ unchecked }) => count(unchecked)) },
            ]}
          />
          <CsvLink namespace={namespace} list="days" />
        </div>
      )}
    </Section>
  );
}
