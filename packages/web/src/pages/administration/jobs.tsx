/** Work in the background: what has used up its tries and waits for somebody, what waits, and what runs. */
import { type Answer, call } from '../../api/client.ts';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { ItemList } from '../../parts/item-list.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { Section } from '../../parts/section.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { useAct } from '../../parts/use-act.ts';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { useOperationTexts } from './operation-texts.ts';
import { useAddressed } from '../../parts/use-addressed.ts';

type Job = Answer<'GET /jobs'>['items'][number];
const states = ['dead', 'running', 'waiting', 'behind'] as const;

export function Jobs() {
  const texts = useOperationTexts();
  const [state, setState] = useAddressed('state', states);
  return (
    <Section title={texts.jobs} hint={texts.jobsHint}>
      <div className="mb-4 max-w-60">
        <SelectField
          label={texts.show}
          name="state"
          chosen={state}
          options={states.map((one) => [one, texts.states[one]])}
          onChoose={(chosen) => setState(states.find((one) => one === chosen) ?? 'dead')}
        />
      </div>
      <ItemList
        of={['jobs', state]}
        load={(page, signal) => call('GET /jobs', { query: { ...page, state }, signal })}
        keyOf={({ id }) => String(id)}
        row={(job) => <Row {...job} />}
        empty={state === 'dead' ? texts.noneDead : texts.noJobs}
      />
    </Section>
  );
}

function Row({ id, kind, state, attempts, runAt, changedAt, error }: Job) {
  const texts = useOperationTexts();
  const params = { job: String(id) };
  const retry = useAct(() => call('POST /jobs/{job}/retry', { params }), {
    concerns: [['jobs']],
    said: () => ({ text: texts.retried(kind) }),
    tellsProblems: true,
  });
  return (
    <>
      <span className="w-14 text-sm text-muted tabular-nums">#{id}</span>
      <span className="font-mono text-[0.87em] font-medium">{kind}</span>
      <span className="text-sm text-muted">
        {texts.attempts(attempts)} · <RelativeTime at={state === 'waiting' ? runAt : changedAt} />
      </span>
      <span className="min-w-0 grow text-bad">{error !== undefined && <ForeignText>{error}</ForeignText>}</span>
      {state === 'dead' && (
        <button type="button" className="button" disabled={retry.isPending} onClick={() => retry.run()}>
          {texts.retry}
        </button>
      )}
      {state !== 'running' && (
        <ConfirmButton
          text={texts.giveUp}
          title={texts.giveUpTitle(`${kind} #${id}`)}
          lead={texts.giveUpLead}
          concerns={[['jobs']]}
          onConfirm={() => call('DELETE /jobs/{job}', { params })}
        />
      )}
    </>
  );
}
