import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { selfQuery } from '../../api/queries.ts';
import { PageTabs } from '../../parts/page-tabs.tsx';
import { usePersonTexts } from './texts.ts';

export function useIsOneself(name: string): boolean {
  const { data: self } = useQuery(selfQuery);
  return self?.kind === 'user' && self.name === name;
}

/** Who it is, and for themselves the parts of what is theirs. */
export function PersonHead({ name, here }: { name: string; here: 'repositories' | 'security' }) {
  const texts = usePersonTexts();
  const { data: self } = useQuery(selfQuery);
  const isOneself = useIsOneself(name);
  const paths = { repositories: `/u/${name}`, security: `/u/${name}/security` };
  return (
    <>
      <div className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-2">
        <h1 className="min-w-0">{name}</h1>
        {isOneself && self?.user?.fullName !== '' && <span className="text-muted">{self?.user?.fullName}</span>}
        {isOneself && (
          <Link to="/settings/$" params={{ _splat: '' }} className="button ml-auto">
            {texts.settings}
          </Link>
        )}
      </div>
      {isOneself ? (
        <PageTabs tabs={(['repositories', 'security'] as const).map((part) => ({ path: paths[part], text: texts[part] }))} here={paths[here]} />
      ) : (
        <div className="mb-6" />
      )}
    </>
  );
}
