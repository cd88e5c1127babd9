import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { ownOrganisationsQuery } from '../../api/queries.ts';
import { usePageTitle } from '../../parts/page-title.ts';
import { RepositoriesOf } from '../../parts/repositories-of.tsx';
import { Section } from '../../parts/section.tsx';
import { PersonHead, useIsOneself } from './person-head.tsx';
import { usePersonTexts } from './texts.ts';

/** What somebody shares: the repositories of their namespace that the reader may see. More is said to nobody but themselves. */
export function PersonPage() {
  const texts = usePersonTexts();
  const { name } = useParams({ from: '/u/$name' });
  usePageTitle(name);
  const isOneself = useIsOneself(name);
  return (
    <>
      <PersonHead name={name} here="repositories" />
      <Section title={texts.repositories}>
        <RepositoriesOf key={name} namespace={name} empty={texts.none} />
      </Section>
      {isOneself && <Organisations />}
    </>
  );
}

function Organisations() {
  const texts = usePersonTexts();
  const { data: organisations } = useQuery(ownOrganisationsQuery);
  if (organisations === undefined || organisations.items.length === 0) return null;
  return (
    <Section title={texts.organisations}>
      <ul className="flex flex-wrap gap-2">
        {organisations.items.map(({ name, fullName }) => (
          <li key={name}>
            <Link to="/o/$" params={{ _splat: name }} className="button" title={fullName}>
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
