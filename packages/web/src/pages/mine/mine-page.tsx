import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { selfQuery } from '../../api/queries.ts';
import { useTexts } from '../../language/language.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { RepositoriesOf } from '../../parts/repositories-of.tsx';
import { EmptyState, SignInLink, Skeleton } from '../../parts/states.tsx';
import { useNamespaces } from '../new/use-namespaces.ts';

/** The repositories of one's own name and of one's organisations. */
export function MinePage() {
  const { mine } = useTexts();
  usePageTitle(mine.title);
  const { data: self } = useQuery(selfQuery);
  const namespaces = useNamespaces();
  if (self === undefined) return <Skeleton />;
  if (self.kind === 'anonymous') {
    return (
      <EmptyState isPage title={mine.signIn}>
        <SignInLink />
      </EmptyState>
    );
  }
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-2">
        <h1>{mine.title}</h1>
        <Link to="/new" className="button">
          {mine.create}
        </Link>
      </div>
      <div className="space-y-8">
        {(namespaces.length === 0 ? [''] : namespaces).map((namespace) => (
          <section key={namespace} aria-label={namespace === '' ? mine.title : namespace}>
            {namespace !== '' && <h2 className="mb-1 font-mono">{namespace}</h2>}
            <RepositoriesOf namespace={namespace} empty={mine.empty} />
          </section>
        ))}
      </div>
    </>
  );
}
