/** Asks for a badge, and says what was asked and decided: of a repository `official`, of a namespace `verified`. */
import { type Answer, call } from '../../api/client.ts';
import { ActForm, fieldText } from '../act-form.tsx';
import { ForeignText } from '../foreign-text.tsx';
import { FormField } from '../form-field.tsx';
import { ItemList } from '../item-list.tsx';
import { RelativeTime } from '../relative-time.tsx';
import { Section } from '../section.tsx';
import { useAct } from '../use-act.ts';
import { useBadgeTexts } from './texts.ts';

export type BadgeRequest = Answer<'GET /badge-requests'>['items'][number];
type Props = { of: { readonly repository: string } | { readonly namespace: string } };

export function BadgeRequests({ of: subject }: Props) {
  const texts = useBadgeTexts();
  const badge = 'repository' in subject ? 'official' : 'verified';
  const key = ['badge-requests', ...Object.values(subject)];
  const apply = useAct(
    (fields: FormData) => {
      const body = { note: fieldText(fields, 'note') };
      return 'repository' in subject
        ? call('POST /repositories/{repository}/-/badge-requests', { params: subject, body })
        : call('POST /namespaces/{namespace}/badge-requests', { params: subject, body });
    },
    { concerns: [key], words: { CONFLICT: texts.alreadyAsked }, said: () => ({ text: texts.applied }) },
  );
  return (
    <Section title={texts[badge]} hint={texts[`${badge}Hint`]}>
      <ItemList
        of={key}
        load={(page, signal) =>
          'repository' in subject
            ? call('GET /repositories/{repository}/-/badge-requests', { params: subject, query: page, signal })
            : call('GET /namespaces/{namespace}/badge-requests', { params: subject, query: page, signal })
        }
        keyOf={({ id }) => id}
        row={(request) => <RequestState {...request} />}
        empty={texts.none}
      />
      <div className="mt-4">
        <ActForm act={apply} submit={texts.apply} isQuiet>
          <FormField label={texts.note} hint={texts.noteHint} name="note" maxLength={200} autoComplete="off" />
        </ActForm>
      </div>
    </Section>
  );
}

function RequestState({ state, note, appliedAt, reason, decidedBy, doubt }: BadgeRequest) {
  const texts = useBadgeTexts();
  return (
    <>
      <span className={state === 'granted' ? 'text-good' : state === 'applied' ? '' : 'text-bad'}>{texts.states[state]}</span>
      <span className="min-w-0 grow">
        <ForeignText>{[note, reason].filter(Boolean).join(' — ')}</ForeignText>
        {doubt !== undefined && (
          <span className="block text-bad">
            {texts.doubted}: <ForeignText>{doubt}</ForeignText> {texts.doubtEnds}
          </span>
        )}
      </span>
      <span className="text-sm text-muted">
        {decidedBy !== undefined && `${texts.by(decidedBy)} · `}
        {texts.asked} <RelativeTime at={appliedAt} />
      </span>
    </>
  );
}
