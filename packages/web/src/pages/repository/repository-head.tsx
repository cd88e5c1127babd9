import type { Answer } from '../../api/client.ts';
import { useTexts } from '../../language/language.tsx';
import { Badges } from '../../parts/badges.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { VisibilityChip } from '../../parts/visibility-chip.tsx';
import { StarButton } from './star-button.tsx';
import type { RepositorySection } from '../../repository-address.ts';

export type RepositoryFacts = Answer<'GET /repositories/{repository}'>;

export function RepositoryHead({ facts, section }: { facts: RepositoryFacts; section: RepositorySection }) {
  const { repository: texts } = useTexts();
  const { name, visibility, tags, may, description, official, verified } = facts;
  return (
    <div className="mb-5 border-b border-line">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h1 className="min-w-0">
          <RepositoryName name={name} />
        </h1>
        <CopyButton text={`${location.host}/${name}`} what={`${location.host}/${name}`} />
        <Badges official={official} verified={verified} />
        <VisibilityChip visibility={visibility} />
        <span className="ml-auto">
          <StarButton facts={facts} />
        </span>
      </div>
      {description !== '' && (
        <p className="mt-1 text-muted">
          <bdi>{description}</bdi>
        </p>
      )}
      <nav aria-label={texts.sections} className="mt-2 -mb-px flex gap-1 overflow-x-auto">
        <Tab name={name} section={{ kind: 'overview' }} isHere={section.kind === 'overview'} text={texts.overview} />
        <Tab name={name} section={{ kind: 'tags' }} isHere={section.kind === 'tags'} text={texts.tags} count={tags} />
        <Tab name={name} section={{ kind: 'environments' }} isHere={section.kind === 'environments'} text={texts.environments} />
        {may.includes('manage') && <Tab name={name} section={{ kind: 'settings' }} isHere={section.kind === 'settings'} text={texts.settings} />}
      </nav>
    </div>
  );
}

/** The last part is what it is; the parts before it are where. */
function RepositoryName({ name }: { name: string }) {
  const slash = name.lastIndexOf('/') + 1;
  return (
    <>
      <span className="font-normal text-muted">{name.slice(0, slash)}</span>
      {name.slice(slash)}
    </>
  );
}

type TabProps = { name: string; section: RepositorySection; isHere: boolean; text: string; count?: number };

function Tab({ name, section, isHere, text, count }: TabProps) {
  const texts = useTexts();
  return (
    <RepositoryLink
      repository={name}
      section={section}
      aria-current={isHere ? 'page' : undefined}
      className={`border-b-2 px-3 py-2 whitespace-nowrap ${isHere ? 'border-accent font-semibold' : 'border-transparent text-muted hover:border-line hover:text-text'}`}
    >
      {text} {count !== undefined && <span className="text-sm font-normal text-muted tabular-nums">{texts.count(count)}</span>}
    </RepositoryLink>
  );
}
