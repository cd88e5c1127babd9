import { useQuery } from '@tanstack/react-query';
import { type Answer, call } from '../../api/client.ts';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { Section } from '../../parts/section.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { useAct } from '../../parts/use-act.ts';
import { findBrowserName } from './browser-name.ts';
import { useOwnAccountTexts } from './texts.ts';

type Session = Answer<'GET /user/sessions'>['items'][number];

const listKey = ['sessions'];
const shownMax = 60;

export function Sessions() {
  const texts = useOwnAccountTexts();
  const sessions = useQuery({ queryKey: listKey, queryFn: ({ signal }) => call('GET /user/sessions', { signal }) });
  const end = useAct((id: string) => call('DELETE /user/sessions/{session}', { params: { session: id } }), {
    concerns: [listKey],
    said: () => ({ text: texts.ended }),
    tellsProblems: true,
  });
  const endOthers = useAct(
    async (ids: readonly string[]) => {
      for (const id of ids) await call('DELETE /user/sessions/{session}', { params: { session: id } });
    },
    { concerns: [listKey], said: (ids) => ({ text: texts.endedOthers(ids.length) }), tellsProblems: true },
  );
  if (sessions.isPending) return <Skeleton />;
  if (sessions.isError) return <ErrorState error={sessions.error} retry={() => void sessions.refetch()} />;
  const items = sessions.data.items.toSorted((a, b) => Number(b.isThis) - Number(a.isThis) || (b.usedAt ?? b.createdAt) - (a.usedAt ?? a.createdAt));
  const others = items.filter(({ isThis }) => !isThis);
  return (
    <Section title={texts.tabs.sessions} hint={texts.sessionsHint}>
      <ul className="mb-4 border-t border-line">
        {items.map((session) => (
          <li key={session.id} className="flex min-h-13 flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
            <SessionText {...session} />
            {!session.isThis && (
              <button type="button" className="button ml-auto" disabled={end.isPending} onClick={() => end.run(session.id)}>
                {texts.end}
              </button>
            )}
          </li>
        ))}
      </ul>
      {others.length === 0 ? (
        <p className="text-muted">{texts.noSessions}</p>
      ) : (
        <button type="button" className="button button-danger" disabled={endOthers.isPending} onClick={() => endOthers.run(others.map(({ id }) => id))}>
          {texts.endOthers}
        </button>
      )}
    </Section>
  );
}

function SessionText({ kind, userAgent, address, createdAt, usedAt, isThis }: Session) {
  const texts = useOwnAccountTexts();
  const found = findBrowserName(userAgent);
  const program = found ? texts.on(found.browser, found.system) : userAgent.slice(0, shownMax) || texts.unknownBrowser;
  return (
    <>
      <span className="font-medium" title={userAgent}>
        {kind === 'identity' ? `${texts.dockerLogin} · ${program}` : program}
      </span>
      {isThis && <span className="chip">{texts.thisOne}</span>}
      <span className="text-sm text-muted">
        {texts.from(address)} · {texts.began} <RelativeTime at={createdAt} />
        {usedAt !== undefined && (
          <>
            {' '}
            · {texts.used} <RelativeTime at={usedAt} />
          </>
        )}
      </span>
    </>
  );
}
