/** Whether images must stand on a golden image, of a namespace or a repository. What it would refuse is shown before it holds. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { problemOf } from '../../api/api-error.ts';
import { type Answer, call, callWithEtag, type Seen } from '../../api/client.ts';
import type { Api } from '../../api/schema.ts';
import { fieldText, fieldWords } from '../../parts/act-form.tsx';
import { FieldsButton } from '../../parts/fields-button.tsx';
import { EditForm } from '../../parts/edits/edit-form.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { Section } from '../../parts/section.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { useAct } from '../../parts/use-act.ts';
import { useGoldenTexts } from './texts.ts';

type Place = { readonly namespace: string } | { readonly repository: string };
type Policy = Api['PUT /namespaces/{namespace}/golden-policy']['body'];
type Stored = Answer<'GET /namespaces/{namespace}/golden-policy'>;
type Found = Answer<'POST /namespaces/{namespace}/golden-policy/preview'>;

const modes = ['enforce', 'report'] as const;
const refusedShown = 20;

export function GoldenPolicy({ of }: { of: Place }) {
  const stored = useQuery({ queryKey: policyKey(of), queryFn: ({ signal }): Promise<Seen<Stored | null>> => callsOf(of).get(signal).catch(noneForAbsent) });
  if (stored.data === undefined) return stored.isError ? <ErrorState error={stored.error} retry={() => void stored.refetch()} /> : <Skeleton rows={3} />;
  return <PolicyForm of={of} now={stored.data} />;
}

function PolicyForm({ of, now }: { of: Place; now: Seen<Stored | null> }) {
  const texts = useGoldenTexts();
  const calls = callsOf(of);
  const [found, setFound] = useState<Found>();
  const options = { concerns: [policyKey(of)], words: { CONFLICT: texts.empty } };
  const look = useAct(calls.preview, { onDone: setFound, tellsProblems: true });
  const end = useAct(() => calls.remove(now), { ...options, said: () => ({ text: texts.ended }), tellsProblems: true });
  return (
    <Section title={texts.policy} hint={texts.policyHint['namespace' in of ? 'namespace' : 'repository']}>
      {now.value === null && <p className="mb-4 font-medium">{texts.noPolicy}</p>}
      <EditForm
        now={now}
        describe={(stored) => [
          [texts.mode, stored === null ? undefined : texts.modes[stored.mode]],
          [texts.from, stored?.from],
          [texts.former, stored?.former],
        ]}
        save={(fields, seen) => calls.put(readPolicy(fields), seen)}
        {...options}
        said={() => ({ text: texts.saved })}
        submit={texts.save}
        beside={
          <>
            {now.value !== null && (
              <button type="button" className="button button-danger" disabled={end.isPending} onClick={() => end.run()}>
                {texts.end}
              </button>
            )}
            <FieldsButton act={look} read={readPolicy}>
              {texts.try}
            </FieldsButton>
          </>
        }
      >
        {(stored) => (
          <>
            <div className="grid gap-4 sm:grid-cols-2">
              <SelectField label={texts.mode} name="mode" chosen={stored?.mode ?? 'enforce'} options={modes.map((mode) => [mode, texts.modes[mode]])} />
              <FormField
                label={texts.from}
                hint={texts.fromHint}
                name="from"
                defaultValue={stored?.from.join(', ')}
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
              />
            </div>
            <label className="flex min-h-7 items-center gap-2">
              <input type="checkbox" name="former" className="accent-accent" defaultChecked={stored?.former ?? true} />
              {texts.former}
            </label>
          </>
        )}
      </EditForm>
      {found && (
        <div role="status" className="mt-6 border-l-2 border-accent pl-4">
          <p>{found.refused.length === 0 ? texts.wouldTake(found.tags) : texts.wouldRefuse(found.refused.length, found.tags)}</p>
          <ul>
            {found.refused.slice(0, refusedShown).map(({ repository, tag, reason }) => (
              <li key={`${repository}:${tag}`} className="py-1">
                <span className="font-mono">{`${repository}:${tag}`}</span> <span className="text-sm text-muted">{reason}</span>
              </li>
            ))}
          </ul>
          {(found.isCut || found.refused.length > refusedShown) && <p className="text-muted">{texts.isCut}</p>}
        </div>
      )}
    </Section>
  );
}

function policyKey(of: Place) {
  return ['golden-policy', of];
}

/** The routes of both places are alike. */
function callsOf(of: Place) {
  return 'namespace' in of
    ? {
        get: (signal: AbortSignal) => callWithEtag('GET /namespaces/{namespace}/golden-policy', { params: of, signal }),
        put: (body: Policy, seen: Seen) => callWithEtag('PUT /namespaces/{namespace}/golden-policy', { params: of, body }, seen),
        remove: (seen: Seen) => callWithEtag('DELETE /namespaces/{namespace}/golden-policy', { params: of }, seen),
        preview: (body: Policy) => call('POST /namespaces/{namespace}/golden-policy/preview', { params: of, body }),
      }
    : {
        get: (signal: AbortSignal) => callWithEtag('GET /repositories/{repository}/-/golden-policy', { params: of, signal }),
        put: (body: Policy, seen: Seen) => callWithEtag('PUT /repositories/{repository}/-/golden-policy', { params: of, body }, seen),
        remove: (seen: Seen) => callWithEtag('DELETE /repositories/{repository}/-/golden-policy', { params: of }, seen),
        preview: (body: Policy) => call('POST /repositories/{repository}/-/golden-policy/preview', { params: of, body }),
      };
}

/** There is a place, so what is absent is its policy. */
function noneForAbsent(error: unknown): Seen<null> {
  if (problemOf(error).kind === 'absent') return { value: null, etag: null };
  throw error;
}

function readPolicy(fields: FormData): Policy {
  const from = fieldWords(fields, 'from');
  return { mode: modes.find((mode) => mode === fieldText(fields, 'mode')) ?? 'enforce', former: fields.has('former'), ...(from && { from: [...from] }) };
}
