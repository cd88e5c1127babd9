/** What somebody sets for their own account: who they are, how they log in, where they are logged in, and their tokens. */
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { usePageTitle } from '../../parts/page-title.ts';
import { ForPeople } from '../../parts/for-people.tsx';
import { PageTabs } from '../../parts/page-tabs.tsx';
import { Skeleton } from '../../parts/states.tsx';
import { NotFoundPage } from '../not-found/not-found-page.tsx';
import { Profile } from './profile.tsx';
import { useOwnAccountTexts } from './texts.ts';

const Security = lazy(async () => ({ default: (await import('./security.tsx')).Security }));
const Sessions = lazy(async () => ({ default: (await import('./sessions.tsx')).Sessions }));
const Tokens = lazy(async () => ({ default: (await import('./tokens.tsx')).Tokens }));

const sections = ['profile', 'security', 'sessions', 'tokens'] as const;
const pathOf = (section: (typeof sections)[number]) => (section === 'profile' ? '/settings' : `/settings/${section}`);

export function OwnAccountPage() {
  const texts = useOwnAccountTexts();
  usePageTitle(texts.title);
  const { _splat: path = '' } = useParams({ strict: false });
  const section = path === '' ? 'profile' : sections.find((one) => one === path);
  if (section === undefined) return <NotFoundPage />;
  return (
    <>
      <h1>{texts.title}</h1>
      <PageTabs tabs={sections.map((one) => ({ path: pathOf(one), text: texts.tabs[one] }))} here={pathOf(section)} />
      <ForPeople>
        {(person) => (
          <Suspense fallback={<Skeleton />}>
            {section === 'profile' && <Profile person={person} />}
            {section === 'security' && <Security person={person} />}
            {section === 'sessions' && <Sessions />}
            {section === 'tokens' && <Tokens person={person} />}
          </Suspense>
        )}
      </ForPeople>
    </>
  );
}
