/** How much is stored, and its collection: what would go, and carried out. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { useLanguage } from '../../language/language.tsx';
import { Bytes, bytesText } from '../../parts/bytes.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { Section } from '../../parts/section.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { useAct } from '../../parts/use-act.ts';
import { useOperationTexts } from './operation-texts.ts';

type Report = Answer<'POST /storage/collection'>;
const kinds = ['manifests', 'links', 'blobs', 'uploads'] as const;
const storageKey = ['storage'];

export function Storage() {
  const texts = useOperationTexts();
  const { texts: words } = useLanguage();
  const storage = useQuery({ queryKey: storageKey, queryFn: ({ signal }) => call('GET /storage', { signal }) });
  const [untagged, setUntagged] = useState(false);
  const [report, setReport] = useState<Report>();
  const collect = useAct((dryRun: boolean) => call('POST /storage/collection', { body: { dryRun, untagged } }), {
    concerns: [storageKey],
    onDone: setReport,
    tellsProblems: true,
  });
  return (
    <>
      <Section title={texts.stored}>
        {storage.isPending && <Skeleton rows={2} />}
        {storage.isError && <ErrorState error={storage.error} retry={() => void storage.refetch()} />}
        {storage.data && (
          <dl className="grid max-w-md grid-cols-[auto_1fr] gap-x-6 gap-y-1">
            <dt className="text-muted">{texts.inUse}</dt>
            <dd>
              <span className="text-lg font-semibold">
                <Bytes of={storage.data.stored.sizeBytes} />
              </span>{' '}
              <span className="text-muted">{texts.blobs(storage.data.stored.count, words.count(storage.data.stored.count))}</span>
            </dd>
            <dt className="text-muted">{texts.quarantined}</dt>
            <dd className={storage.data.quarantined.count > 0 ? 'text-bad' : ''}>
              {texts.blobs(storage.data.quarantined.count, words.count(storage.data.quarantined.count))}{' '}
              {storage.data.quarantined.count > 0 && texts.quarantinedHint}
            </dd>
          </dl>
        )}
      </Section>
      <Section title={texts.collection} hint={texts.collectionHint}>
        <label className="mb-3 flex min-h-7 items-center gap-2">
          <input type="checkbox" className="accent-accent" checked={untagged} onChange={({ target }) => setUntagged(target.checked)} />
          {texts.untagged}
        </label>
        <p className="flex flex-wrap gap-2">
          <button type="button" className="button" disabled={collect.isPending} onClick={() => collect.run(true)}>
            {texts.dryRun}
          </button>
          <button type="button" className="button" disabled={collect.isPending} onClick={() => collect.run(false)}>
            {texts.collect}
          </button>
        </p>
        <div role="status" className="mt-4">
          {collect.isPending ? <p>{texts.collecting}</p> : report && <Result {...report} />}
        </div>
      </Section>
    </>
  );
}

function Result({ dryRun, details, ...tallies }: Report) {
  const texts = useOperationTexts();
  const { texts: words, language } = useLanguage();
  return (
    <>
      <p className="font-medium">{dryRun ? texts.wouldGo : texts.gone}</p>
      <table className="mt-1 max-w-md text-left">
        <tbody>
          {kinds.map((kind) => (
            <tr key={kind}>
              <th scope="row" className="pr-6 font-normal text-muted">
                {texts.kinds[kind]}
              </th>
              <td className="pr-6 text-right tabular-nums">{words.count(tallies[kind].count)}</td>
              <td className="text-right tabular-nums">{bytesText(tallies[kind].sizeBytes, language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {details.length > 0 && (
        <details className="mt-2">
          <summary className="w-fit text-muted">{texts.details}</summary>
          <pre tabIndex={0} className="mt-1 max-h-80 overflow-auto rounded-md bg-sunken p-2 font-mono text-sm whitespace-pre-wrap">
            <ForeignText>{details.join('\n')}</ForeignText>
          </pre>
        </details>
      )}
    </>
  );
}
