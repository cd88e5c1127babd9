import { Link } from '@tanstack/react-router';
import { useTexts } from '../../language/language.tsx';
import { usePageTitle } from '../../parts/page-title.ts';

export function NotFoundPage() {
  const { notFound, titles } = useTexts();
  usePageTitle(titles.notFound);
  return (
    <div className="py-16 text-center">
      <h1>{notFound.title}</h1>
      <p className="mt-2 text-muted">{notFound.lead}</p>
      <p className="mt-6">
        <Link to="/" className="button">
          {notFound.home}
        </Link>
      </p>
    </div>
  );
}
