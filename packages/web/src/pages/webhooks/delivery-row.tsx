/** One delivery; opened, each try with what was sent and what came back. All of it was partly written by others and is shown as text. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { useAct } from '../../parts/use-act.ts';
import type { Delivery, DeliveryDetail, WebhookCalls } from './calls.ts';
import { useWebhookTexts } from './texts.ts';

type Props = { calls: WebhookCalls; webhook: string; delivery: Delivery };
const colours = { pending: 'text-warn', delivered: 'text-good', dead: 'text-bad' };
const marks = { pending: '…', delivered: '✓', dead: '✕' };

export function DeliveryRow({ calls, webhook, delivery }: Props) {
  const texts = useWebhookTexts();
  const [isOpen, setIsOpen] = useState(false);
  const { id, state, event, repository, tag, attempts, changedAt } = delivery;
  return (
    <details onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary className="flex flex-wrap items-baseline gap-x-3">
        <span className={`w-24 ${colours[state]}`}>
          <span aria-hidden="true">{marks[state]}</span> {texts.states[state]}
        </span>
        <span className="font-mono text-[0.87em]">{event}</span>
        <span className="min-w-0 grow font-mono text-[0.87em] text-muted">
          {repository}
          {tag !== undefined && `:${tag}`}
        </span>
        <span className="text-sm text-muted">
          {texts.attempts(attempts)} · <RelativeTime at={changedAt} />
        </span>
      </summary>
      {isOpen && <Inside calls={calls} webhook={webhook} id={id} version={`${state} ${attempts}`} />}
    </details>
  );
}

function Inside({ calls, webhook, id, version }: { calls: WebhookCalls; webhook: string; id: number; version: string }) {
  const texts = useWebhookTexts();
  const detail = useQuery({ queryKey: [...calls.key, webhook, 'deliveries', id, version], queryFn: ({ signal }) => calls.delivery(webhook, id, signal) });
  const again = useAct(() => calls.redeliver(webhook, id), {
    concerns: [[...calls.key, webhook, 'deliveries']],
    said: () => ({ text: texts.redelivered }),
    tellsProblems: true,
  });
  if (detail.isPending) return <Skeleton rows={3} />;
  if (detail.isError) return <ErrorState error={detail.error} retry={() => void detail.refetch()} />;
  const { messageId, body, log, callback } = detail.data;
  return (
    <div className="space-y-3 py-3 pl-3 text-sm">
      <p className="flex flex-wrap items-center gap-3">
        <span className="min-w-0 grow">
          <span className="text-muted">{texts.message}</span> <span className="font-mono">{messageId}</span>
        </span>
        <button type="button" className="button" disabled={again.isPending} onClick={() => again.run()}>
          {texts.redeliver}
        </button>
      </p>
      {callback && (
        <p>
          {texts.callback}: {texts.results[callback.state]} <ForeignText>{callback.description ?? ''}</ForeignText>
        </p>
      )}
      {body !== undefined && <Text title={texts.sent} text={body} />}
      {log.length === 0 && <p className="text-muted">{texts.noTries}</p>}
      {log.map((attempt, index) => (
        <Attempt key={attempt.at} number={index + 1} {...attempt} />
      ))}
    </div>
  );
}

function Attempt({ number, at, durationMs, status, error, requestHeaders, responseHeaders, responseBody }: DeliveryDetail['log'][number] & { number: number }) {
  const texts = useWebhookTexts();
  return (
    <div className="space-y-2 border-l-2 border-line pl-3">
      <p className="flex flex-wrap gap-x-3">
        <span className="font-medium">{texts.try(number)}</span>
        <RelativeTime at={at} />
        {status !== undefined && <span className="tabular-nums">{status}</span>}
        <span className="text-muted tabular-nums">{texts.took(durationMs)}</span>
        {error !== undefined && (
          <span className="text-bad">
            <ForeignText>{error}</ForeignText>
          </span>
        )}
      </p>
      <Text title={texts.requestHeaders} text={linesOf(requestHeaders)} />
      {responseHeaders && <Text title={texts.responseHeaders} text={linesOf(responseHeaders)} />}
      {responseBody !== undefined && responseBody !== '' && <Text title={texts.responseBody} text={responseBody} />}
    </div>
  );
}

function Text({ title, text }: { title: string; text: string }) {
  return (
    <details>
      <summary className="w-fit text-muted">{title}</summary>
      <pre tabIndex={0} className="mt-1 max-h-80 overflow-auto rounded-md bg-sunken p-2 font-mono whitespace-pre-wrap">
        <ForeignText>{text}</ForeignText>
      </pre>
    </details>
  );
}

function linesOf(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}
