/** Who is told of what happens in a place, and for one of them, what it was sent and what it answered. */
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { ActForm, fieldText } from '../../parts/act-form.tsx';
import { Command } from '../../parts/command.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Section } from '../../parts/section.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { useAct } from '../../parts/use-act.ts';
import { useFormTexts } from '../../language/form-texts.ts';
import { type Webhook, webhookCalls, type WebhookCalls, type WebhookPlace } from './calls.ts';
import { useWebhookTexts } from './texts.ts';
import { readWebhook, WebhookFields } from './webhook-fields.tsx';
import { OneWebhook } from './one-webhook.tsx';
import { WebhookState } from './webhook-state.tsx';

/** `link`: to one of them, or without an id to all. `leave`: when the one that was looked at is no more. */
type Props = { place: WebhookPlace; one: string | undefined; link: (id: string | undefined, text: ReactNode) => ReactNode; leave: () => void };

export function Webhooks({ place, one, link, leave }: Props) {
  const calls = webhookCalls(place);
  return one === undefined ? <List calls={calls} link={link} /> : <OneWebhook key={one} calls={calls} id={one} back={link} leave={leave} />;
}

function List({ calls, link }: { calls: WebhookCalls; link: Props['link'] }) {
  const texts = useWebhookTexts();
  const list = useQuery({ queryKey: calls.key, queryFn: ({ signal }) => calls.list(signal) });
  return (
    <>
      <Section title={texts.title} hint={texts.hint}>
        {list.isPending && <Skeleton rows={2} />}
        {list.isError && <ErrorState error={list.error} retry={() => void list.refetch()} />}
        {list.data?.items.length === 0 && <p className="border-y border-line py-6 text-center text-muted">{texts.none}</p>}
        {list.data !== undefined && list.data.items.length > 0 && (
          <ul className="border-t border-line">
            {list.data.items.map((webhook) => (
              <li key={webhook.id} className="border-b border-line py-2">
                <Row webhook={webhook} link={link} />
              </li>
            ))}
          </ul>
        )}
      </Section>
      <NewOne calls={calls} />
    </>
  );
}

function Row({ webhook, link }: { webhook: Webhook; link: Props['link'] }) {
  const texts = useWebhookTexts();
  const { id, url, format, events, tags = [], versions, platforms = [] } = webhook;
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-3">
        {link(id, <span className="font-mono text-[0.87em]">{url}</span>)}
        <WebhookState webhook={webhook} />
      </p>
      <p className="flex flex-wrap gap-1 text-sm text-muted">
        {texts.formats[format]} · {texts.chosen(events.length)}
        {[...tags, ...(versions === undefined ? [] : [versions]), ...platforms].map((word) => (
          <span key={word} className="chip font-mono">
            {word}
          </span>
        ))}
      </p>
    </>
  );
}

function NewOne({ calls }: { calls: WebhookCalls }) {
  const texts = useWebhookTexts();
  const forms = useFormTexts();
  const [secret, setSecret] = useState<string>();
  const [made, setMade] = useState(0);
  const create = useAct(
    (fields: FormData) => {
      const { tags, versions, platforms, ...wish } = readWebhook(fields);
      const own = fieldText(fields, 'secret');
      return calls.create({
        ...wish,
        ...(tags && { tags }),
        ...(versions !== undefined && { versions }),
        ...(platforms && { platforms }),
        ...(own !== '' && { secret: own }),
      });
    },
    {
      concerns: [calls.key],
      said: () => ({ text: texts.made }),
      onDone({ secret: shown }) {
        setSecret(shown);
        setMade((count) => count + 1);
      },
    },
  );
  return (
    <Section title={texts.new}>
      <ActForm key={made} act={create} submit={texts.create}>
        <WebhookFields />
      </ActForm>
      <Dialog title={texts.secretTitle} isOpen={secret !== undefined} onClose={() => setSecret(undefined)}>
        <div className="space-y-4">
          <p className="font-medium">{forms.secretOnce}</p>
          <Command lines={[secret ?? '']} what={forms.secret} />
          <p>{texts.secretLead}</p>
          <p className="flex justify-end">
            <button type="button" className="button button-main" onClick={() => setSecret(undefined)}>
              {forms.close}
            </button>
          </p>
        </div>
      </Dialog>
    </Section>
  );
}
