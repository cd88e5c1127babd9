import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { Section } from '../../parts/section.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { UsageBar } from '../../parts/usage-bar.tsx';
import { UsageChart } from '../../parts/usage-chart.tsx';
import { useOrganisationTexts } from './texts.ts';

const shownDays = 90;

export function NamespaceUsage({ namespace }: { namespace: string }) {
  const texts = useOrganisationTexts();
  const usage = useQuery({
    queryKey: ['usage', namespace],
    queryFn: ({ signal }) => call('GET /namespaces/{namespace}/usage', { params: { namespace }, signal }),
  });
  const days = useQuery({
    queryKey: ['usage', namespace, 'days'],
    queryFn: ({ signal }) => call('GET /namespaces/{namespace}/usage/days', { params: { namespace }, query: { days: shownDays }, signal }),
  });
  return (
    <Section title={texts.usage} hint={texts.usageHint}>
      {usage.isPending && <Skeleton rows={1} />}
      {usage.isError && <ErrorState error={usage.error} retry={() => void usage.refetch()} />}
      {usage.data && <UsageBar bytes={usage.data.bytes} maxBytes={usage.data.maxBytes} most={usage.data.bytes} />}
      {days.data && (
        <div className="mt-4 max-w-3xl">
          <UsageChart items={days.data.items} />
        </div>
      )}
    </Section>
  );
}
