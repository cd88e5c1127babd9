import { Section } from '../../parts/section.tsx';
import { Grants } from './grants.tsx';
import { useOrganisationTexts } from './texts.ts';

export function Access({ namespace }: { namespace: string }) {
  const texts = useOrganisationTexts();
  return (
    <Section title={texts.tabs.access} hint={texts.accessHint}>
      <Grants namespace={namespace} />
    </Section>
  );
}
