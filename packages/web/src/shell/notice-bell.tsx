/** The way to one's notifications, with how many are unread, as it changes. */
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { notificationsKey } from '../api/queries.ts';
import { useTexts } from '../language/language.tsx';
import { BellIcon } from '../parts/icons.tsx';

const shownMax = 99;

export function NoticeBell() {
  const { shell } = useTexts();
  const unread = useUnread();
  return (
    <Link
      to="/notifications"
      title={shell.notifications(unread)}
      className="relative inline-flex size-9 items-center justify-center rounded-md text-muted hover:bg-sunken hover:text-text"
    >
      <BellIcon />
      <span className="aside">{shell.notifications(unread)}</span>
      {unread > 0 && (
        <span aria-hidden="true" className="absolute top-0 right-0 min-w-4 rounded-full bg-accent px-1 text-center text-xs font-semibold text-accent-text">
          {unread > shownMax ? `${shownMax}+` : unread}
        </span>
      )}
    </Link>
  );
}

/** Only while somebody looks: a browser has few connections for all its tabs. */
function useUnread(): number {
  const queries = useQueryClient();
  const [unread, setUnread] = useState(0);
  useEffect(() => {
    let source: EventSource | undefined;
    function follow(): void {
      source?.close();
      source = undefined;
      if (document.visibilityState === 'hidden') return;
      source = new EventSource('/api/v1/events?notifications=true&kinds=none');
      source.addEventListener('notification', ({ data }: MessageEvent<string>) => {
        setUnread((JSON.parse(data) as { unread: number }).unread); // our own server's
        void queries.invalidateQueries({ queryKey: notificationsKey });
      });
    }
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      source?.close();
      document.removeEventListener('visibilitychange', follow);
    };
  }, [queries]);
  return unread;
}
