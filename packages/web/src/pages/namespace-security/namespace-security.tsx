/** How vulnerable all images of a user or an organisation are, and what to do first. */
import { useQuery } from '@tanstack/react-query';
import { type Answer, call } from '../../api/client.ts';
import { useTexts } from '../../language/language.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { Section } from '../../parts/section.tsx';
import { countOf, severities, severityColours, useSeverityTexts } from '../../parts/severity.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../parts/states.tsx';
import { OverTime } from './over-time.tsx';
import { Repositories } from './repositories.tsx';
import { Rebuilds } from './rebuilds.tsx';
import { useNamespaceSecurityTexts } from './texts.ts';
import { Upgrades } from './upgrades.tsx';
import { Vulnerabilities } from './vulnerabilities.tsx';
import { WorstImages } from './worst-images.tsx';

type Overview = Answer<'GET /namespaces/{namespace}/security'>;

export function NamespaceSecurity({ namespace }: { namespace: string }) {
  const texts = useNamespaceSecurityTexts();
  const overview = useQuery({
    queryKey: ['namespace-security', namespace],
    queryFn: ({ signal }) => call('GET /namespaces/{namespace}/security', { params: { namespace }, signal }),
  });
  if (overview.isPending) return <Skeleton />;
  if (overview.isError) return <ErrorState error={overview.error} retry={() => void overview.refetch()} />;
  const { images, isWhole } = overview.data;
  if (sum(images) === 0) return <EmptyState title={texts.noImages} />;
  return (
    <>
      <Section title={texts.open} hint={isWhole ? texts.openHint : texts.onlySome}>
        <Sums {...overview.data} />
        <States images={images} />
      </Section>
      {isWhole && <OverTime namespace={namespace} />}
      <Rebuilds namespace={namespace} />
      {isWhole && <Upgrades namespace={namespace} />}
      <WorstImages namespace={namespace} />
      <Repositories namespace={namespace} />
      {isWhole && <Vulnerabilities namespace={namespace} />}
    </>
  );
}

function Sums({ counts, exploited = 0, talliedAt, isWhole }: Overview) {
  const texts = useNamespaceSecurityTexts();
  const words = useSeverityTexts();
  const { count } = useTexts();
  if (counts === undefined) return isWhole ? <p className="mb-3 text-muted">{texts.nothingCounted}</p> : null;
  return (
    <>
      <dl className="mb-3 flex flex-wrap gap-x-8 gap-y-3">
        {severities.map((severity) => (
          <div key={severity}>
            <dt className={`text-sm ${severityColours[severity]}`}>{words[severity]}</dt>
            <dd className="text-2xl tabular-nums">{count(countOf(counts, severity))}</dd>
            <dd className="text-sm text-muted tabular-nums">{texts.fixable(count(counts[severity]?.fixable ?? 0))}</dd>
          </div>
        ))}
      </dl>
      <p className="mb-3 text-sm text-muted">
        {exploited > 0 && <span className="font-semibold text-bad">{texts.exploited(count(exploited))} · </span>}
        {talliedAt !== undefined && (
          <>
            {texts.counted} <RelativeTime at={talliedAt} />
          </>
        )}
      </p>
    </>
  );
}

const states = ['checked', 'partly', 'checking', 'failed', 'unknown'] as const;

function States({ images }: Pick<Overview, 'images'>) {
  const texts = useNamespaceSecurityTexts();
  const { count } = useTexts();
  const all = sum(images);
  const unsure = all - (images['checked'] ?? 0);
  const said = states.flatMap((state) => ((images[state] ?? 0) === 0 ? [] : [texts.inState(count(images[state] ?? 0), texts.states[state])]));
  return (
    <>
      <p className="text-sm">
        {texts.images(all, count(all))}: {said.join(' · ')}
      </p>
      {unsure > 0 && <p className="text-sm text-warn">{texts.notClean(count(unsure), texts.images(all, count(all)))}</p>}
    </>
  );
}

function sum(images: Overview['images']): number {
  return Object.values(images).reduce((all, one) => all + one, 0);
}
