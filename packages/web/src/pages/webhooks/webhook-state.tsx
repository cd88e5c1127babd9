import { RelativeTime } from '../../parts/relative-time.tsx';
import type { Webhook } from './calls.ts';
import { useWebhookTexts } from './texts.ts';

export function WebhookState({ webhook: { disabledAt, failingSince } }: { webhook: Webhook }) {
  const texts = useWebhookTexts();
  if (disabledAt !== undefined) return <span className="chip">{texts.disabled}</span>;
  if (failingSince === undefined) return <span className="text-sm text-good">{texts.working}</span>;
  return (
    <span className="text-sm text-bad">
      {texts.failingSince} <RelativeTime at={failingSince} />
    </span>
  );
}
