import { type Answer, call } from '../../api/client.ts';
import { useFormTexts } from '../../language/form-texts.ts';
import { ActForm, fieldText } from '../../parts/act-form.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { Section } from '../../parts/section.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { useAct } from '../../parts/use-act.ts';
import { useRuleTexts } from './rule-texts.ts';

type Notice = NonNullable<Answer<'GET /repositories/{repository}/-/tag-rules'>['notices']>[number];
const kinds = ['deprecated', 'end-of-life'] as const;

export function TagNotices({ repository, notices }: { repository: string; notices: readonly Notice[] }) {
  const texts = useRuleTexts();
  const forms = useFormTexts();
  const params = { repository };
  const concerns = [['tag-rules', repository]];
  const put = (notice: Omit<Notice, 'at'>) => call('PUT /repositories/{repository}/-/tag-notices', { params, body: notice });
  const add = useAct(
    (fields: FormData) =>
      put({
        tags: fieldText(fields, 'tags'),
        kind: kinds.find((kind) => kind === fieldText(fields, 'kind')) ?? 'deprecated',
        message: fieldText(fields, 'message'),
      }),
    { concerns, said: () => ({ text: texts.noticeAdded }) },
  );
  const putBack = useAct(put, { concerns, tellsProblems: true });
  const remove = useAct(({ tags }: Notice) => call('POST /repositories/{repository}/-/tag-notices/delete', { params, body: { tags } }), {
    concerns,
    said: ({ at: _at, ...notice }) => ({ text: texts.noticeRemoved, undo: () => putBack.run(notice) }),
    tellsProblems: true,
  });
  return (
    <Section title={texts.notices} hint={texts.noticesHint}>
      {notices.length === 0 ? (
        <p className="border-y border-line py-6 text-center text-muted">{texts.noNotices}</p>
      ) : (
        <ul className="border-t border-line">
          {notices.map((notice) => (
            <li key={notice.tags} className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line py-2">
              <span className="chip font-mono">{notice.tags}</span>
              <span className="text-warn">{texts.kinds[notice.kind]}</span>
              <span className="min-w-0 grow">
                <ForeignText>{notice.message}</ForeignText>
              </span>
              <span className="text-sm text-muted">
                <RelativeTime at={notice.at} />
              </span>
              <button type="button" className="button" disabled={remove.isPending} onClick={() => remove.run(notice)}>
                {forms.remove}
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="mt-4">
        <ActForm act={add} submit={texts.addNotice} isLine isQuiet>
          <div className="w-32">
            <FormField label={texts.noticeTags} name="tags" required autoComplete="off" spellCheck={false} />
          </div>
          <SelectField label={texts.noticeKind} name="kind" options={kinds.map((kind) => [kind, texts.kinds[kind]])} />
          <div className="min-w-48 grow">
            <FormField label={texts.message} name="message" required maxLength={200} autoComplete="off" />
          </div>
        </ActForm>
      </div>
    </Section>
  );
}
