/** What stands where the content is not: nothing yet, on its way, could not be had. */
import type { ReactNode } from 'react';
import { Link } from '@tanstack/react-router';
import { problemOf } from '../api/api-error.ts';
import { useTexts } from '../language/language.tsx';
import { problemText } from '../language/problem-text.ts';

/** `isPage`: there is nothing else, so its title is the page's. */
export function EmptyState({ title, isPage = false, children }: { title: string; isPage?: boolean; children?: ReactNode }) {
  const Title = isPage ? 'h1' : 'p';
  return (
    <div className="border-y border-line py-10 text-center">
      <Title className="text-base font-semibold">{title}</Title>
      {children !== undefined && <div className="mx-auto mt-2 max-w-xl text-muted">{children}</div>}
    </div>
  );
}

/** Says what happened and what to do; with a way to try again where that can help. */
export function ErrorState({ error, isPage = false, retry }: { error: unknown; isPage?: boolean; retry?: () => void }) {
  const Title = isPage ? 'h1' : 'p';
  const texts = useTexts();
  const problem = problemOf(error);
  return (
    <div role="alert" className="border-y border-line py-8 text-center">
      <Title className="text-base font-semibold">{texts.problems.titles[problem.kind]}</Title>
      <p className="mx-auto mt-1 max-w-xl text-muted">{problemText(problem, texts)}</p>
      <p className="mt-4 flex justify-center gap-2">
        {problem.kind === 'sign-in' && <SignInLink />}
        {retry !== undefined && problem.kind !== 'absent' && (
          <button type="button" className="button" onClick={retry}>
            {texts.problems.retry}
          </button>
        )}
      </p>
      {problem.requestId !== '' && problem.kind === 'defect' && (
        <p className="mt-3 font-mono text-sm text-muted">{texts.problems.requestId(problem.requestId)}</p>
      )}
    </div>
  );
}

export function SignInLink() {
  const { account } = useTexts();
  const here = location.pathname + location.search;
  return (
    <Link to="/sign-in" search={{ to: here.startsWith('/sign-') ? '/' : here }} className="button button-main">
      {account.signIn}
    </Link>
  );
}

/** Lines of the shape of what is coming. */
export function Skeleton({ rows = 5 }: { rows?: number }) {
  const { loading } = useTexts();
  return (
    <div role="status" className="space-y-3 py-3">
      <span className="aside">{loading}</span>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="skeleton h-5" style={{ width: `${92 - ((row * 17) % 40)}%` }} />
      ))}
    </div>
  );
}
