import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { BuildStep } from '../../parts/build-step.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { Section } from '../../parts/section.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../parts/states.tsx';
import { useConfigurationTexts } from '../../parts/configuration-texts.ts';

const askAgainMs = 1000;
const asksMax = 30;

/** What is amiss with how the image was built, with the step that brought it. */
export function Configuration({ repository, reference }: { repository: string; reference: string }) {
  const texts = useConfigurationTexts();
  const lint = useQuery({
    queryKey: ['lint', repository, reference],
    queryFn: ({ signal }) => call('GET /repositories/{repository}/-/images/{reference}/lint', { params: { repository, reference }, signal }),
    // Files that cannot be read are never looked at.
    refetchInterval: ({ state: { data, dataUpdateCount } }) =>
      dataUpdateCount < asksMax && data?.images.some(({ isWhole }) => !isWhole) === true ? askAgainMs : false,
  });
  const remarks = lint.data?.images.flatMap(({ findings, steps }) =>
    findings.map((one) => ({ ...one, instruction: one.step === undefined ? undefined : steps[one.step]?.instruction })),
  );
  return (
    <Section title={texts.title} hint={texts.hint}>
      {lint.isError ? (
        <ErrorState error={lint.error} retry={() => void lint.refetch()} />
      ) : remarks === undefined ? (
        <Skeleton />
      ) : (
        <>
          {lint.data?.images.some(({ isWhole }) => !isWhole) === true && <p className="mb-2 text-warn">{texts.notWhole}</p>}
          {remarks.length === 0 ? (
            <EmptyState title={texts.none} />
          ) : (
            <ul className="border-t border-line">
              {remarks.map(({ rule, level, message, instruction }) => (
                <li key={`${rule} ${message}`} className="border-b border-line py-2">
                  <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
                    <span className={level === 'warning' ? 'text-warn' : 'text-muted'}>{texts.rules[rule]}</span>
                    <code className="font-mono text-sm text-muted">{rule}</code>
                  </div>
                  <p className="mt-0.5 text-sm break-words text-muted">
                    <ForeignText>{message}</ForeignText>
                    {instruction !== undefined && instruction !== '' && (
                      <>
                        {' · '}
                        <BuildStep from={texts.from} step={instruction} />
                      </>
                    )}
                  </p>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </Section>
  );
}
