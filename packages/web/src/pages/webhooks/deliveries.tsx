/** What one webhook was sent, newest first. Those that wait are looked at again by themselves. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { PagedList } from '../../parts/paged-list.tsx';
import { Section } from '../../parts/section.tsx';
import type { Webhook, WebhookCalls } from './calls.ts';
import { DeliveryRow } from './delivery-row.tsx';
import { useWebhookTexts } from './texts.ts';

const pageSize = 30;
const lookAgainMs = 3000;

export function Deliveries({ calls, webhook: { id } }: { calls: WebhookCalls; webhook: Webhook }) {
  const texts = useWebhookTexts();
  const key = [...calls.key, id, 'deliveries'];
  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => calls.deliveries(id, { limit: pageSize, ...(pageParam > 0 && { before: pageParam }) }, signal),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
    refetchInterval: ({ state }) => (state.data?.pages.some(({ items }) => items.some((one) => one.state === 'pending')) === true ? lookAgainMs : false),
  });
  return (
    <Section title={texts.deliveries}>
      <PagedList
        of={key}
        list={list}
        rows={({ pages }) =>
          pages
            .flatMap(({ items }) => items)
            .map((delivery) => (
              <li key={delivery.id} className="border-b border-line py-2">
                <DeliveryRow calls={calls} webhook={id} delivery={delivery} />
              </li>
            ))
        }
        empty={texts.noDeliveries}
      />
    </Section>
  );
}
