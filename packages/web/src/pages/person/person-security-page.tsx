import { useParams } from '@tanstack/react-router';
import { usePageTitle } from '../../parts/page-title.ts';
import { NamespaceSecurity } from '../namespace-security/namespace-security.tsx';
import { PersonHead } from './person-head.tsx';
import { usePersonTexts } from './texts.ts';

/** How vulnerable somebody's images are, as far as the reader may see them. */
export function PersonSecurityPage() {
  const texts = usePersonTexts();
  const { name } = useParams({ from: '/u/$name/security' });
  usePageTitle(`${texts.security} · ${name}`);
  return (
    <>
      <PersonHead name={name} here="security" />
      <NamespaceSecurity key={name} namespace={name} />
    </>
  );
}
