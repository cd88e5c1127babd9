/** How much each namespace holds and may: as bars, with the numbers beside them, the largest first. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { useFormTexts } from '../../language/form-texts.ts';
import { useLanguage } from '../../language/language.tsx';
import { ActForm, fieldText } from '../../parts/act-form.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { PagedList } from '../../parts/paged-list.tsx';
import { Section } from '../../parts/section.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { UsageBar } from '../../parts/usage-bar.tsx';
import { UsageChart } from '../../parts/usage-chart.tsx';
import { useAct } from '../../parts/use-act.ts';
import { useOperationTexts } from './operation-texts.ts';

type Usage = Answer<'GET /usage'>['items'][number];

const usageKey = ['usage'];
const pageSize = 1000;
const shownDays = 90;
const units = { MB: 1e6, GB: 1e9, TB: 1e12 } as const;
const unitNames = Object.keys(units) as (keyof typeof units)[];
const limits = ['server', 'own', 'none'] as const;

export function UsageList() {
  const texts = useOperationTexts();
  const list = useInfiniteQuery({
    queryKey: usageKey,
    queryFn: ({ pageParam, signal }) => call('GET /usage', { query: { limit: pageSize, ...(pageParam !== undefined && { after: pageParam }) }, signal }),
    initialPageParam: undefined as string | undefined, // the first page has no beginning
    getNextPageParam: ({ next }) => next,
  });
  return (
    <Section title={texts.usage} hint={texts.usageHint}>
      <div className="mb-6 max-w-3xl">
        <OverTime />
      </div>
      <PagedList
        of={usageKey}
        list={list}
        rows={({ pages }) => {
          const items = pages.flatMap((page) => page.items).toSorted((one, other) => other.bytes - one.bytes);
          return items.map((usage) => (
            <li key={usage.namespace} className="grid items-center gap-x-4 gap-y-1 border-b border-line py-2 sm:grid-cols-[12rem_minmax(0,1fr)_auto]">
              <Row usage={usage} most={items[0]?.bytes ?? 0} />
            </li>
          ));
        }}
        empty={texts.noUsage}
      />
    </Section>
  );
}

/** Of the whole server, each blob once. */
function OverTime() {
  const days = useQuery({ queryKey: [...usageKey, 'days'], queryFn: ({ signal }) => call('GET /usage/days', { query: { days: shownDays }, signal }) });
  if (days.isPending) return <Skeleton rows={2} />;
  if (days.isError) return <ErrorState error={days.error} retry={() => void days.refetch()} />;
  return <UsageChart items={days.data.items} />;
}

function Row({ usage, most }: { usage: Usage; most: number }) {
  const texts = useOperationTexts();
  const { texts: words } = useLanguage();
  const [isOpen, setIsOpen] = useState(false);
  const { namespace, bytes, maxBytes, repositories } = usage;
  const name = namespace === '' ? texts.onePart : namespace;
  return (
    <>
      <span className="min-w-0">
        {namespace === '' ? (
          <span className="text-muted">{name}</span>
        ) : (
          <Link to="/o/$" params={{ _splat: namespace }} className="link font-medium">
            {name}
          </Link>
        )}
        <span className="block text-sm text-muted">{texts.repositories(repositories, words.count(repositories))}</span>
      </span>
      <UsageBar bytes={bytes} maxBytes={maxBytes} most={most} />
      <button type="button" className="button" aria-label={`${texts.limit} ${name}`} onClick={() => setIsOpen(true)}>
        {texts.limit}
      </button>
      <Dialog title={texts.limitOf(name)} isOpen={isOpen} onClose={() => setIsOpen(false)}>
        <Limit usage={usage} onClose={() => setIsOpen(false)} />
      </Dialog>
    </>
  );
}

function Limit({ usage: { namespace, maxBytes, isOwn }, onClose }: { usage: Usage; onClose: () => void }) {
  const texts = useOperationTexts();
  const forms = useFormTexts();
  const [kind, setKind] = useState<(typeof limits)[number]>(!isOwn ? 'server' : maxBytes === undefined ? 'none' : 'own');
  const unit = unitNames.findLast((name) => (maxBytes ?? 0) >= units[name]) ?? 'GB';
  // As the API says the names of one part.
  const params = { namespace: namespace === '' ? 'server' : namespace };
  const save = useAct(
    async (fields: FormData): Promise<unknown> => {
      if (kind === 'server') return isOwn ? call('DELETE /namespaces/{namespace}/quota', { params }) : undefined;
      const chosen = unitNames.find((name) => name === fieldText(fields, 'unit')) ?? 'GB';
      const wanted = kind === 'none' ? null : Math.round(Number(fieldText(fields, 'amount')) * units[chosen]);
      return call('PUT /namespaces/{namespace}/quota', { params, body: { maxBytes: wanted } });
    },
    { concerns: [usageKey], said: () => ({ text: texts.limited }), onDone: onClose },
  );
  return (
    <ActForm act={save} submit={forms.save}>
      <SelectField
        label={texts.limit}
        name="kind"
        chosen={kind}
        options={limits.map((one) => [one, texts.limits[one]])}
        onChoose={(chosen) => setKind(limits.find((one) => one === chosen) ?? 'server')}
      />
      {kind === 'own' && (
        <div className="grid grid-cols-[1fr_6rem] items-end gap-3">
          <FormField
            label={texts.amount}
            name="amount"
            type="number"
            min={0}
            step="any"
            required
            defaultValue={maxBytes === undefined ? '' : maxBytes / units[unit]}
          />
          <SelectField label={texts.unit} name="unit" chosen={unit} options={unitNames.map((name) => [name, name])} />
        </div>
      )}
      <p className="text-sm text-muted">{texts.limitHint}</p>
    </ActForm>
  );
}
