import type { ReactNode } from 'react';
import { useTexts } from '../../language/language.tsx';
import { shortDigest } from '../../parts/digest-text.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import type { Image } from './image-page.tsx';

/** How it runs, as whoever built it said. All of it is their text: it is shown and never followed. */
export function ConfigTable({ image, repository }: { image: Image; repository: string }) {
  const { image: texts } = useTexts();
  const { config, annotations, subject, artifactType } = image;
  const builtAt = config?.created === undefined ? NaN : Date.parse(config.created);
  return (
    <dl className="divide-y divide-line border-y border-line">
      {artifactType !== undefined && config === undefined && <Row name={texts.type}>{artifactType}</Row>}
      {subject !== undefined && (
        <Row name={texts.subject}>
          <RepositoryLink repository={repository} section={{ kind: 'image', digest: subject }} className="link font-mono">
            {shortDigest(subject)}
          </RepositoryLink>
        </Row>
      )}
      {config && (
        <>
          <Row name={texts.platform}>{config.platform}</Row>
          <Row name={texts.entrypoint}>{asCode(config.entrypoint)}</Row>
          <Row name={texts.command}>{asCode(config.command)}</Row>
          <Row name={texts.user}>{config.user === undefined || config.user === '' ? texts.root : <code>{config.user}</code>}</Row>
          <Row name={texts.workingDirectory}>{<code>{config.workingDirectory ?? '/'}</code>}</Row>
          <Row name={texts.ports}>{asList(config.ports)}</Row>
          <Row name={texts.volumes}>{asList(config.volumes)}</Row>
          <Row name={texts.environment}>{asLines(config.environment)}</Row>
          {config.stopSignal !== undefined && <Row name={texts.stopSignal}>{config.stopSignal}</Row>}
          {Number.isFinite(builtAt) && <Row name={texts.created}>{<RelativeTime at={builtAt} />}</Row>}
          {config.author !== undefined && config.author !== '' && <Row name={texts.author}>{config.author}</Row>}
          <Row name={texts.labels}>{asPairs(config.labels)}</Row>
        </>
      )}
      <Row name={texts.annotations}>{asPairs(annotations)}</Row>
    </dl>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  const { image: texts } = useTexts();
  return (
    <div className="grid gap-x-6 gap-y-0.5 py-2 sm:grid-cols-[11rem_minmax(0,1fr)]">
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0">{children ?? <span className="text-muted">{texts.none}</span>}</dd>
    </div>
  );
}

function asCode(words: readonly string[]): ReactNode {
  return words.length === 0 ? undefined : <code className="font-mono text-[0.87em]">{JSON.stringify(words)}</code>;
}

function asList(words: readonly string[]): ReactNode {
  return words.length === 0 ? undefined : <code className="font-mono text-[0.87em]">{words.join(', ')}</code>;
}

function asLines(lines: readonly string[]): ReactNode {
  if (lines.length === 0) return undefined;
  return (
    <ul className="max-h-80 overflow-y-auto font-mono text-[0.87em]" tabIndex={lines.length > linesBeforeScroll ? 0 : undefined}>
      {lines.map((line, index) => (
        <li key={index}>
          <bdi>{line}</bdi>
        </li>
      ))}
    </ul>
  );
}

/** More would be a page of their own. */
const linesBeforeScroll = 12;

function asPairs(pairs: Readonly<Record<string, string>>): ReactNode {
  const entries = Object.entries(pairs);
  if (entries.length === 0) return undefined;
  return (
    <ul className="max-h-80 space-y-1 overflow-y-auto font-mono text-[0.87em]" tabIndex={entries.length > linesBeforeScroll ? 0 : undefined}>
      {entries.map(([key, value]) => (
        <li key={key}>
          <bdi className="text-muted">{key}</bdi> <bdi>{value}</bdi>
        </li>
      ))}
    </ul>
  );
}
