import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { LiveState } from '../../api/live-events.ts';
import { selfQuery, serverQuery } from '../../api/queries.ts';
import { useTexts } from '../../language/language.tsx';
import { Command } from '../../parts/command.tsx';
import { LiveSign } from '../../parts/live-sign.tsx';
import { EmptyState, SignInLink, Skeleton } from '../../parts/states.tsx';

/** The three commands that push a first image, with the real address of this server. The page turns when it arrives. */
export function FirstRun({ live }: { live: LiveState }) {
  const { home } = useTexts();
  const { data: server } = useQuery(serverQuery);
  const { data: self } = useQuery({ ...selfQuery, enabled: server?.accounts === true });
  if (server === undefined || (server.accounts && self === undefined)) return <Skeleton />;
  const isNobody = server.accounts && self?.kind === 'anonymous';
  if (isNobody) {
    return (
      <EmptyState isPage title={home.nothingVisible}>
        <p className="mb-5">{home.nothingVisibleLead}</p>
        <SignInLink />
      </EmptyState>
    );
  }
  const image = `${location.host}/${server.accounts ? `${self?.name ?? ''}/first` : 'first'}:1`;
  return (
    <div className="mx-auto max-w-3xl py-8">
      <div className="mb-6 flex flex-wrap items-baseline justify-between gap-x-6 gap-y-2">
        <h1>{home.emptyTitle}</h1>
        <LiveSign state={live} text={home.listening} />
      </div>
      <p className="mb-3 text-muted">{home.emptyLead}</p>
      <Command
        lines={[...(server.accounts ? [`docker login ${location.host}`] : []), `docker tag IMAGE ${image}`, `docker push ${image}`, `docker pull ${image}`]}
      />
      <p className="mt-8 mb-3 text-muted">{home.noDocker}</p>
      <Command lines={[`naru push ${image}`]} />
      <p className="mt-6">
        <Link to="/import" className="link underline underline-offset-3">
          {home.orDrop}
        </Link>
      </p>
    </div>
  );
}
