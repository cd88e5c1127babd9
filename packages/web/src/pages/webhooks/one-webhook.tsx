import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Seen } from '../../api/client.ts';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { EditForm } from '../../parts/edits/edit-form.tsx';
import type { Fact } from '../../parts/edits/use-edits.ts';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { Section } from '../../parts/section.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { useToast } from '../../parts/toasts.tsx';
import { type Act, useAct } from '../../parts/use-act.ts';
import type { DeliveryDetail, Webhook, WebhookCalls } from './calls.ts';
import { Deliveries } from './deliveries.tsx';
import { useWebhookTexts } from './texts.ts';
import { readWebhook, WebhookFields } from './webhook-fields.tsx';
import { WebhookState } from './webhook-state.tsx';

type Props = { calls: WebhookCalls; id: string; back: (id: undefined, text: ReactNode) => ReactNode; leave: () => void };

export function OneWebhook({ calls, id, back, leave }: Props) {
  const texts = useWebhookTexts();
  const webhook = useQuery({ queryKey: [...calls.key, id], queryFn: ({ signal }) => calls.get(id, signal) });
  return (
    <>
      <p className="mb-4">{back(undefined, `← ${texts.all}`)}</p>
      {webhook.isPending && <Skeleton />}
      {webhook.isError && <ErrorState error={webhook.error} retry={() => void webhook.refetch()} />}
      {webhook.data && (
        <>
          <About calls={calls} webhook={webhook.data.value} leave={leave} />
          <Deliveries calls={calls} webhook={webhook.data.value} />
          <Change calls={calls} now={webhook.data} />
        </>
      )}
    </>
  );
}

function About({ calls, webhook, leave }: { calls: WebhookCalls; webhook: Webhook; leave: () => void }) {
  const texts = useWebhookTexts();
  const toast = useToast();
  const { id, url, createdAt, createdBy, disabledAt } = webhook;
  const [result, setResult] = useState<DeliveryDetail>();
  const test = useAct(() => calls.test(id), { concerns: [calls.key], onDone: setResult, tellsProblems: true });
  const setDisabled: Act<boolean> = useAct((disabled: boolean) => calls.change(id, { disabled }), {
    concerns: [calls.key],
    tellsProblems: true,
    said: (disabled) => ({ text: disabled ? texts.disabledNow : texts.enabledNow, undo: () => setDisabled.run(!disabled) }),
  });
  const answer = result?.log.at(-1);
  return (
    <section aria-labelledby="webhook" className="mb-10">
      <h2 id="webhook" className="font-mono">
        {url}
      </h2>
      <p className="mt-1 flex flex-wrap gap-x-3 text-sm text-muted">
        <WebhookState webhook={webhook} />
        {texts.madeBy(createdBy)}
        <RelativeTime at={createdAt} />
      </p>
      <p className="mt-3 flex flex-wrap gap-2">
        <button type="button" className="button button-main" disabled={test.isPending} onClick={() => test.run()}>
          {texts.test}
        </button>
        <button type="button" className="button" disabled={setDisabled.isPending} onClick={() => setDisabled.run(disabledAt === undefined)}>
          {disabledAt === undefined ? texts.disable : texts.enable}
        </button>
        <ConfirmButton
          text={texts.delete}
          title={texts.deleteTitle}
          lead={texts.deleteLead}
          name={url.startsWith('mailto:') ? url.slice(7) : new URL(url).host}
          concerns={[calls.key]}
          onConfirm={() => calls.remove(id)}
          onDone={() => {
            leave();
            toast({ text: texts.deleted });
          }}
        />
      </p>
      <p role="status" className="mt-3">
        {test.isPending && texts.testing}
        {!test.isPending && answer !== undefined && (
          <span className={result?.state === 'delivered' ? 'text-good' : 'text-bad'}>
            {answer.error === undefined && answer.status !== undefined ? texts.answered(answer.status) : texts.notAnswered(answer.error ?? '')}
          </span>
        )}
      </p>
    </section>
  );
}

function Change({ calls, now }: { calls: WebhookCalls; now: Seen<Webhook> }) {
  const texts = useWebhookTexts();
  const describe = ({ url, format, events, tags, versions, platforms, allowPrivateAddress, disabledAt }: Webhook): Fact[] => [
    [texts.url, url],
    [texts.format, texts.formats[format]],
    [texts.events, events],
    [texts.tags, tags],
    [texts.versions, versions],
    [texts.platforms, platforms],
    [texts.allowPrivate, allowPrivateAddress],
    [texts.disable, disabledAt !== undefined],
  ];
  function save(fields: FormData, seen: Seen): Promise<unknown> {
    const { tags, versions, platforms, ...wish } = readWebhook(fields);
    return calls.change(now.value.id, { ...wish, tags: tags ?? null, versions: versions ?? null, platforms: platforms ?? null }, seen);
  }
  return (
    <Section title={texts.edit}>
      <EditForm now={now} describe={describe} save={save} concerns={[calls.key]} said={() => ({ text: texts.changed })} isQuiet>
        {(webhook) => <WebhookFields of={webhook} />}
      </EditForm>
    </Section>
  );
}
