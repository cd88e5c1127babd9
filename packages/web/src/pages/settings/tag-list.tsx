import type { ReactNode } from 'react';
import { useRuleTexts } from './rule-texts.ts';

/** Some tags, and how many more there are. */
export function TagList({ title, count, tags }: { title: string; count: number; tags: readonly ReactNode[] }) {
  const texts = useRuleTexts();
  return (
    <div>
      <p className="font-medium">{title}</p>
      <p className="mt-1 flex flex-wrap gap-1">
        {tags.map((tag, index) => (
          <span key={index} className="chip font-mono">
            {tag}
          </span>
        ))}
        {count > tags.length && <span className="text-sm text-muted">{texts.more(count - tags.length)}</span>}
      </p>
    </div>
  );
}
