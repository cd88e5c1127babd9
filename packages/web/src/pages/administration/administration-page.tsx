/** For who runs the server: its accounts, what was done on it, and whether it is well. */
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useFormTexts } from '../../language/form-texts.ts';
import { useTexts } from '../../language/language.tsx';
import { ForPeople } from '../../parts/for-people.tsx';
import { PageTabs } from '../../parts/page-tabs.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { EmptyState, Skeleton } from '../../parts/states.tsx';
import { NotFoundPage } from '../not-found/not-found-page.tsx';
import { useAdministrationTexts } from './texts.ts';

const Users = lazy(async () => ({ default: (await import('./users.tsx')).Users }));
const AuditView = lazy(async () => ({ default: (await import('../audit/audit-view.tsx')).AuditView }));
const BadgeReview = lazy(async () => ({ default: (await import('./badges.tsx')).BadgeReview }));
const UsageList = lazy(async () => ({ default: (await import('./usage.tsx')).UsageList }));
const Storage = lazy(async () => ({ default: (await import('./storage.tsx')).Storage }));
const ServerWebhooks = lazy(async () => ({ default: (await import('./server-webhooks.tsx')).ServerWebhooks }));
const Jobs = lazy(async () => ({ default: (await import('./jobs.tsx')).Jobs }));
const ServerSettings = lazy(async () => ({ default: (await import('./server-settings.tsx')).ServerSettings }));
const PolicyForm = lazy(async () => ({ default: (await import('../../parts/policy/policy-form.tsx')).PolicyForm }));
const Health = lazy(async () => ({ default: (await import('./health.tsx')).Health }));

const sections = ['users', 'badges', 'policy', 'usage', 'storage', 'jobs', 'webhooks', 'audit', 'settings', 'health'] as const;
const pathOf = (section: (typeof sections)[number]) => (section === 'users' ? '/admin' : `/admin/${section}`);

export function AdministrationPage() {
  const texts = useAdministrationTexts();
  const forms = useFormTexts();
  const { problems } = useTexts();
  usePageTitle(texts.title);
  const { _splat: path = '' } = useParams({ from: '/admin/$' });
  const [part = '', one, ...more] = path.replace(/\/$/, '').split('/');
  const section = part === '' ? 'users' : sections.find((known) => known === part);
  if (section === undefined || more.length > 0 || (one !== undefined && section !== 'webhooks')) return <NotFoundPage />;
  return (
    <>
      <h1>{texts.title}</h1>
      <PageTabs tabs={sections.map((known) => ({ path: pathOf(known), text: texts.tabs[known] }))} here={pathOf(section)} />
      <ForPeople>
        {({ administrator }) =>
          administrator ? (
            <Suspense fallback={<Skeleton />}>
              {section === 'users' && <Users />}
              {section === 'badges' && <BadgeReview />}
              {section === 'policy' && <PolicyForm of={{}} />}
              {section === 'usage' && <UsageList />}
              {section === 'storage' && <Storage />}
              {section === 'jobs' && <Jobs />}
              {section === 'webhooks' && <ServerWebhooks one={one} />}
              {section === 'audit' && <AuditView />}
              {section === 'settings' && <ServerSettings />}
              {section === 'health' && <Health />}
            </Suspense>
          ) : (
            <EmptyState title={problems.titles.denied}>{forms.administrators}</EmptyState>
          )
        }
      </ForPeople>
    </>
  );
}
