/** What belongs to one repository: a head that says what it is and how to pull it, and its parts. */
import { useParams } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { repositoryQuery } from '../../api/queries.ts';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { findRepositoryAddress, type RepositorySection } from '../../repository-address.ts';
import { NotFoundPage } from '../not-found/not-found-page.tsx';
import { RepositoryHead } from './repository-head.tsx';

const Overview = lazy(async () => ({ default: (await import('./overview.tsx')).Overview }));
const TagsPage = lazy(async () => ({ default: (await import('../tags/tags-page.tsx')).TagsPage }));
const SettingsPage = lazy(async () => ({ default: (await import('../settings/settings-page.tsx')).SettingsPage }));
const EnvironmentsPage = lazy(async () => ({ default: (await import('../environments/environments-page.tsx')).EnvironmentsPage }));
const ImagePage = lazy(async () => ({ default: (await import('../image/image-page.tsx')).ImagePage }));

export function RepositoryPage() {
  const { _splat: path = '' } = useParams({ from: '/r/$' });
  return <At path={path} />;
}

export function OfficialPage() {
  const { _splat: path = '' } = useParams({ from: '/_/$' });
  return <At path={`library/${path}`} />;
}

function At({ path }: { path: string }) {
  const address = findRepositoryAddress(path);
  return address === undefined ? <NotFoundPage /> : <Repository key={address.repository} {...address} />;
}

function Repository({ repository, section }: { repository: string; section: RepositorySection }) {
  const facts = useQuery(repositoryQuery(repository));
  if (facts.isPending) return <Skeleton />;
  if (facts.isError) return <ErrorState isPage error={facts.error} retry={() => void facts.refetch()} />;
  return (
    <>
      <RepositoryHead facts={facts.data} section={section} />
      <Suspense fallback={<Skeleton />}>
        {section.kind === 'overview' && <Overview facts={facts.data} />}
        {section.kind === 'tags' && <TagsPage facts={facts.data} />}
        {section.kind === 'image' && <ImagePage key={section.digest} facts={facts.data} digest={section.digest} />}
        {section.kind === 'environments' && <EnvironmentsPage facts={facts.data} />}
        {section.kind === 'settings' && <SettingsPage facts={facts.data} />}
      </Suspense>
    </>
  );
}
