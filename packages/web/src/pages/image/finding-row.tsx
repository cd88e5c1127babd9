import type { Answer } from '../../api/client.ts';
import { BuildStep } from '../../parts/build-step.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { SeverityWord } from '../../parts/severity.tsx';
import { useSecurityTexts } from './security-texts.ts';

type Finding = Answer<'GET /repositories/{repository}/-/images/{reference}/findings'>['items'][number];

export const findingKey = (one: Finding): string =>
  [one.advisory, one.package.purl, one.package.path, one.sbom ?? '', one.scanner ?? '', one.package.name, one.package.version].join(' ');

export function FindingRow({ id, severity, summary, package: of, fixed, exploitedSince, instruction, reason, sbom, scanner }: Finding) {
  const texts = useSecurityTexts();
  return (
    <li className="border-b border-line py-2">
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <SeverityWord severity={severity} />
        <span className="font-mono">{id}</span>
        <span>
          <ForeignText>{of.name}</ForeignText>{' '}
          <span className="font-mono text-sm text-muted">
            <ForeignText>{of.version}</ForeignText>
          </span>
        </span>
        <span className={fixed === undefined ? 'text-sm text-muted' : 'text-sm text-good'}>
          {fixed === undefined ? texts.noFix : <ForeignText>{texts.fixedIn(fixed)}</ForeignText>}
        </span>
        {scanner !== undefined && <span className="chip">{texts.foundBy(scanner)}</span>}
        {sbom !== undefined && <span className="chip">{texts.saidBy(sbom.slice(0, 19))}</span>}
        {exploitedSince !== undefined && <span className="chip text-bad">{texts.exploited}</span>}
      </div>
      {(summary !== '' || instruction !== undefined || reason !== undefined) && (
        <p className="mt-0.5 text-sm break-words text-muted sm:pl-24">
          <ForeignText>{[summary, reason].filter(Boolean).join(' · ')}</ForeignText>
          {instruction !== undefined && (
            <>
              {summary !== '' && ' · '}
              <BuildStep from={texts.from} step={instruction} />
            </>
          )}
        </p>
      )}
    </li>
  );
}
