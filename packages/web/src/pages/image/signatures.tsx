import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { Section } from '../../parts/section.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { useSecurityTexts } from './security-texts.ts';

const makers = { cosign: 'cosign', bundle: 'Sigstore', notation: 'Notation' } as const;

export function Signatures({ repository, reference }: { repository: string; reference: string }) {
  const texts = useSecurityTexts();
  const signatures = useQuery({
    queryKey: ['signatures', repository, reference],
    queryFn: ({ signal }) => call('GET /repositories/{repository}/-/images/{reference}/signatures', { params: { repository, reference }, signal }),
  });
  if (signatures.isPending) return <Skeleton rows={2} />;
  if (signatures.isError) return <ErrorState error={signatures.error} retry={() => void signatures.refetch()} />;
  const { items } = signatures.data;
  return (
    <Section title={texts.signatures}>
      {items.length === 0 ? (
        <p className="text-muted">{texts.noSignatures}</p>
      ) : (
        <ul className="border-t border-line">
          {items.map(({ manifest, layer, kind, valid, signer, reason, detail, signedAt }) => (
            <li key={`${manifest} ${layer}`} className="flex flex-wrap items-baseline gap-x-4 gap-y-1 border-b border-line py-2">
              <span className={valid ? 'text-good' : 'text-bad'}>{valid ? texts.valid : texts.invalid}</span>
              <span className="chip">{makers[kind]}</span>
              {signer !== undefined && (
                <span className="font-medium">
                  <ForeignText>{signer}</ForeignText>
                </span>
              )}
              {!valid && (
                <span className="text-sm text-muted">
                  <ForeignText>{[reason, detail].filter(Boolean).join(': ')}</ForeignText>
                </span>
              )}
              {signedAt !== undefined && (
                <span className="text-sm text-muted">
                  <RelativeTime at={signedAt} />
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
