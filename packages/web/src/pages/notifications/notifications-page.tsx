/** What one was told of, newest first, and what one wants to be told of. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { notificationsKey } from '../../api/queries.ts';
import { ForPeople } from '../../parts/for-people.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { PagedList } from '../../parts/paged-list.tsx';
import { Section } from '../../parts/section.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { useAct } from '../../parts/use-act.ts';
import { NoticeRow } from './notice-row.tsx';
import { NoticeSettings } from './notice-settings.tsx';
import { useNoticeTexts } from './texts.ts';
import { useAddressed } from '../../parts/use-addressed.ts';

const pageSize = 50;
const views = ['all', 'unread'] as const;

export function NotificationsPage() {
  const texts = useNoticeTexts();
  usePageTitle(texts.title);
  return (
    <>
      <h1 className="mb-4">{texts.title}</h1>
      <ForPeople>
        {() => (
          <>
            <Inbox />
            <NoticeSettings />
          </>
        )}
      </ForPeople>
    </>
  );
}

function Inbox() {
  const texts = useNoticeTexts();
  const [view, setView] = useAddressed('view', views);
  const unread = view === 'unread';
  const key = [...notificationsKey, 'list', view];
  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      call('GET /user/notifications', {
        query: { limit: pageSize, unread: unread ? 'true' : 'false', ...(pageParam !== undefined && { before: pageParam }) },
        signal,
      }),
    initialPageParam: undefined as number | undefined, // the first page has no beginning
    getNextPageParam: ({ next }) => next,
  });
  const read = useAct((which: { ids: number[] } | { upTo: number }) => call('POST /user/notifications/read', { body: which }), {
    concerns: [notificationsKey],
    tellsProblems: true,
  });
  const [first] = list.data?.pages ?? [];
  const newest = first?.items[0];
  return (
    <Section title={texts.inbox}>
      <div className="mb-3 flex flex-wrap items-end justify-between gap-3">
        <SelectField
          label={texts.which}
          name="view"
          chosen={view}
          options={views.map((one) => [one, texts[one]])}
          onChoose={(chosen) => setView(views.find((one) => one === chosen) ?? 'all')}
        />
        {newest !== undefined && (first?.unread ?? 0) > 0 && (
          <button type="button" className="button" disabled={read.isPending} onClick={() => read.run({ upTo: newest.id })}>
            {texts.markAll}
          </button>
        )}
      </div>
      <PagedList
        of={key}
        list={list}
        rows={({ pages }) =>
          pages.flatMap(({ items }) => items).map((notice) => <NoticeRow key={notice.id} notice={notice} onRead={() => read.run({ ids: [notice.id] })} />)
        }
        empty={unread ? texts.noneUnread : texts.none}
      />
    </Section>
  );
}
