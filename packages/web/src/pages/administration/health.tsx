import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { isReady } from '../../api/is-ready.ts';
import { serverQuery } from '../../api/queries.ts';
import { useTexts } from '../../language/language.tsx';
import { Command } from '../../parts/command.tsx';
import { Section } from '../../parts/section.tsx';
import { useAct } from '../../parts/use-act.ts';
import { useAdministrationTexts } from './texts.ts';

const lookAgainMs = 10_000;

export function Health() {
  const texts = useAdministrationTexts();
  const { data: server } = useQuery(serverQuery);
  const { data: ready } = useQuery({ queryKey: ['ready'], queryFn: ({ signal }) => isReady(signal), refetchInterval: lookAgainMs });
  return (
    <>
      <Section title={texts.server} hint={texts.healthHint}>
        <dl className="grid max-w-md grid-cols-[auto_1fr] gap-x-6 gap-y-1">
          <dt className="text-muted">{texts.server}</dt>
          <dd className={ready === false ? 'font-semibold text-bad' : 'font-semibold text-good'}>
            <span role="status">{ready !== undefined && (ready ? texts.ready : texts.notReady)}</span>
          </dd>
          <dt className="text-muted">{texts.version}</dt>
          <dd>{server?.version}</dd>
        </dl>
      </Section>
      <Verification />
    </>
  );
}

function Verification() {
  const texts = useAdministrationTexts();
  const { count } = useTexts();
  const [found, setFound] = useState<Answer<'GET /audit/verify'>>();
  const verify = useAct(() => call('GET /audit/verify'), { onDone: setFound, tellsProblems: true });
  return (
    <Section title={texts.tabs.audit} hint={texts.checkHint}>
      <button type="button" className="button" disabled={verify.isPending} onClick={() => verify.run()}>
        {texts.check}
      </button>
      {found && (
        <div role="status" className="mt-4 max-w-3xl space-y-2">
          {found.broken ? (
            <p className="font-semibold text-bad">{texts.broken(found.broken.id, found.broken.why)}</p>
          ) : (
            <p className="font-semibold text-good">{texts.whole(count(found.entries))}</p>
          )}
          <Command lines={[found.last]} what={texts.lastHash} />
        </div>
      )}
    </Section>
  );
}
