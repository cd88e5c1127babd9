import { ForeignText } from './foreign-text.tsx';

const shownMax = 160;

/** The step of a build that brought something, behind the word for that: a stranger's text, and the beginning of it. */
export function BuildStep({ from, step }: { from: string; step: string }) {
  return (
    <>
      {from}{' '}
      <code className="font-mono">
        <ForeignText>{step.slice(0, shownMax)}</ForeignText>
      </code>
    </>
  );
}
