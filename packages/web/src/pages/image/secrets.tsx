import { call } from '../../api/client.ts';
import { BuildStep } from '../../parts/build-step.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { ItemList } from '../../parts/item-list.tsx';
import { Section } from '../../parts/section.tsx';
import { useSecurityTexts } from './security-texts.ts';

/** What was left in it by mistake. Nothing is said of an image that was not read: the packages say why. */
export function Secrets({ repository, reference }: { repository: string; reference: string }) {
  const texts = useSecurityTexts();
  return (
    <Section title={texts.secrets} hint={texts.secretsHint}>
      <ItemList
        of={['secrets', repository, reference]}
        load={async ({ after }, signal) => {
          const params = { repository, reference };
          const { items, next, state } = await call('GET /repositories/{repository}/-/images/{reference}/secrets', {
            params,
            ...(after !== undefined && { query: { after: Number(after) } }),
            signal,
          });
          return { items, state, ...(next !== undefined && { next: String(next) }) };
        }}
        keyOf={({ place, layer, line, rule, masked }) => `${place} ${layer} ${line} ${rule} ${masked}`}
        row={({ place, line, title, masked, createdBy }) => (
          <>
            <span className="font-medium text-bad">{title}</span>
            <code className="font-mono text-sm">
              <ForeignText>{line === undefined ? place : `/${place}:${line}`}</ForeignText>
            </code>
            <code className="font-mono text-sm text-muted">
              <ForeignText>{masked}</ForeignText>
            </code>
            {createdBy !== undefined && (
              <span className="text-sm text-muted">
                <BuildStep from={texts.from} step={createdBy} />
              </span>
            )}
          </>
        )}
        empty={texts.noSecrets}
      />
    </Section>
  );
}
