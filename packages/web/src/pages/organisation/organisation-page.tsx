/** An organisation: what everybody may see of it, and for who manages it all that belongs to it. */
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { callWithEtag } from '../../api/client.ts';
import { selfQuery } from '../../api/queries.ts';
import { usePageTitle } from '../../parts/page-title.ts';
import { PageTabs } from '../../parts/page-tabs.tsx';
import { RepositoriesOf } from '../../parts/repositories-of.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { NotFoundPage } from '../not-found/not-found-page.tsx';
import { namespaceQuery } from './namespace-query.ts';
import { useOrganisationTexts } from './texts.ts';

const Environments = lazy(async () => ({ default: (await import('./environments.tsx')).Environments }));
const GoldenImages = lazy(async () => ({ default: (await import('../golden/golden-images.tsx')).GoldenImages }));
const People = lazy(async () => ({ default: (await import('./people.tsx')).People }));
const Teams = lazy(async () => ({ default: (await import('./teams.tsx')).Teams }));
const Team = lazy(async () => ({ default: (await import('./team.tsx')).Team }));
const Access = lazy(async () => ({ default: (await import('./access.tsx')).Access }));
const Robots = lazy(async () => ({ default: (await import('./robots.tsx')).Robots }));
const Robot = lazy(async () => ({ default: (await import('./robot.tsx')).Robot }));
const TrustedIssuers = lazy(async () => ({ default: (await import('./trusted-issuers.tsx')).TrustedIssuers }));
const OrganisationSettings = lazy(async () => ({ default: (await import('./organisation-settings.tsx')).OrganisationSettings }));
const OrganisationWebhooks = lazy(async () => ({ default: (await import('./organisation-webhooks.tsx')).OrganisationWebhooks }));
const NamespaceSecurity = lazy(async () => ({ default: (await import('../namespace-security/namespace-security.tsx')).NamespaceSecurity }));
const AuditView = lazy(async () => ({ default: (await import('../audit/audit-view.tsx')).AuditView }));

const sections = ['repositories', 'environments', 'golden', 'security', 'people', 'teams', 'access', 'robots', 'ci', 'webhooks', 'audit', 'settings'] as const;
type Section = (typeof sections)[number];
/** Those whose items have addresses of their own. */
const withParts: readonly Section[] = ['teams', 'robots', 'webhooks'];
/** What a member sees who manages nothing. */
const forMembers: readonly Section[] = ['repositories', 'environments', 'golden', 'security', 'people'];

const signInFirst = new ApiError({ kind: 'sign-in', status: 401, code: '', message: '', requestId: '' });

export function OrganisationPage() {
  const { _splat: path = '' } = useParams({ from: '/o/$' });
  const [name = '', part = 'repositories', one, ...more] = path.replace(/\/$/, '').split('/');
  const section = sections.find((known) => known === part);
  if (name === '' || section === undefined || more.length > 0) return <NotFoundPage />;
  if (one !== undefined && !withParts.includes(section)) return <NotFoundPage />;
  return <Organisation key={name} name={name} section={section} one={one} />;
}

function Organisation({ name, section, one }: { name: string; section: Section; one: string | undefined }) {
  const texts = useOrganisationTexts();
  usePageTitle(section === 'repositories' ? name : `${texts.tabs[section]} · ${name}`);
  const { data: self } = useQuery(selfQuery);
  const isNobody = self?.kind === 'anonymous';
  const organisation = useQuery({
    queryKey: ['organisation', name],
    queryFn: ({ signal }) => callWithEtag('GET /organisations/{namespace}', { params: { namespace: name }, signal }),
    enabled: self !== undefined && !isNobody,
  });
  const namespace = useQuery({ ...namespaceQuery(name), enabled: organisation.isSuccess });
  if (self === undefined) return <Skeleton />;
  // A stranger sees what is public; whether there is such an organisation is not said.
  if (isNobody && section !== 'repositories') return <ErrorState error={signInFirst} />;
  if (organisation.isError) return <ErrorState error={organisation.error} retry={() => void organisation.refetch()} />;
  if (!isNobody && (organisation.isPending || namespace.isPending)) return <Skeleton />;

  const mayManage = namespace.isSuccess;
  const shown = isNobody ? [] : mayManage ? sections : forMembers;
  if (!isNobody && !shown.includes(section)) return <ErrorState error={namespace.error} />;
  const pathOf = (to: Section) => (to === 'repositories' ? `/o/${name}` : `/o/${name}/${to}`);
  return (
    <>
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h1 className="min-w-0">{name}</h1>
        <span className="text-muted">{organisation.data?.value.fullName}</span>
      </div>
      {shown.length > 0 ? <PageTabs tabs={shown.map((to) => ({ path: pathOf(to), text: texts.tabs[to] }))} here={pathOf(section)} /> : <div className="mb-6" />}
      <Suspense fallback={<Skeleton />}>
        {section === 'repositories' && <RepositoriesOf namespace={name} empty={texts.noRepositories} />}
        {section === 'security' && <NamespaceSecurity namespace={name} />}
        {section === 'environments' && <Environments namespace={name} />}
        {section === 'golden' && <GoldenImages namespace={name} mayManage={mayManage} />}
        {section === 'people' && <People namespace={name} mayManage={mayManage} />}
        {section === 'teams' && (one === undefined ? <Teams namespace={name} /> : <Team key={one} namespace={name} team={one} />)}
        {section === 'access' && <Access namespace={name} />}
        {section === 'robots' && (one === undefined ? <Robots namespace={name} /> : <Robot key={one} namespace={name} robot={one} />)}
        {section === 'ci' && <TrustedIssuers namespace={name} />}
        {section === 'webhooks' && <OrganisationWebhooks namespace={name} one={one} />}
        {section === 'audit' && <AuditView namespace={name} />}
        {section === 'settings' && organisation.data && namespace.data && <OrganisationSettings organisation={organisation.data} settings={namespace.data} />}
      </Suspense>
    </>
  );
}
