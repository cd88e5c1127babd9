import { useTexts } from '../../language/language.tsx';
import { Bar, Bytes } from '../../parts/bytes.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { DigestText } from '../../parts/digest-text.tsx';
import { chosenTool, pullCommand } from '../../parts/pull-command.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import type { TagRow } from './arrange-tags.ts';
import { CheckState } from './check-state.tsx';
import type { TagCheck } from './use-checks.ts';

type Props = {
  repository: string;
  row: TagRow & { kind: 'tag' };
  check: TagCheck | undefined;
  /** Bytes, of the largest image shown. */
  largest: number;
  canSelect: boolean;
  isSelected: boolean;
  onSelect: (isOn: boolean) => void;
};

/** Shown, and told on hover. */
const sameMax = 2;
const namedMax = 12;

export function TagLine({ repository, row: { entry, same, step }, check, largest, canSelect, isSelected, onSelect }: Props) {
  const { tags: texts } = useTexts();
  const { tag, digest, platforms, sizeBytes, movedAt, movedBy, pulledAt, notice, review } = entry;
  const others = same.slice(0, namedMax + 1).filter((other) => other !== tag);
  const otherCount = same.length - 1;
  const named = others.slice(0, namedMax);
  return (
    <>
      {canSelect && (
        <span role="cell">
          <input
            type="checkbox"
            aria-label={texts.select(tag)}
            className="size-4 accent-accent"
            checked={isSelected}
            onChange={({ target }) => onSelect(target.checked)}
          />
        </span>
      )}
      <span role="cell" className="flex min-w-0 items-center gap-2">
        <RepositoryLink
          repository={repository}
          section={{ kind: 'image', digest }}
          search={{ tag }}
          className="link max-w-full shrink-0 truncate font-mono font-medium"
          data-row={tag}
          title={tag}
        >
          {tag}
        </RepositoryLink>
        <CopyButton text={pullCommand(chosenTool(), repository, tag)} what={texts.copyPull(tag)} />
        {notice && (
          <span className="chip shrink-0 text-warn" title={notice.message}>
            {texts.notices[notice.kind]}
          </span>
        )}
        {review && (
          <span
            className={`chip shrink-0 ${review.state === 'refused' ? 'text-bad' : ''}`}
            title={texts.reviewTitle(review.reason, review.shown !== undefined)}
          >
            {texts.review[review.state]}
          </span>
        )}
        {/* Of what the tag pointed to before, nothing is said. */}
        {check?.digest === digest && <CheckState repository={repository} check={check} />}
        {otherCount > 0 && <span className="aside">{texts.same(named, otherCount - named.length)}</span>}
        {otherCount > 0 && (
          <span className="flex min-w-0 gap-1 overflow-hidden max-sm:hidden" title={texts.same(named, otherCount - named.length)}>
            {named.slice(0, sameMax).map((other) => (
              <span key={other} aria-hidden="true" className="chip shrink-0 font-mono whitespace-nowrap">
                = {other}
              </span>
            ))}
            {otherCount > sameMax && (
              <span aria-hidden="true" className="chip shrink-0">
                {texts.more(otherCount - sameMax)}
              </span>
            )}
          </span>
        )}
        {step && (
          <span className="ml-auto hidden text-sm whitespace-nowrap text-muted xl:inline" title={texts.stepTitle(texts.steps[step.kind], step.from)}>
            {texts.steps[step.kind]}
          </span>
        )}
      </span>
      <span role="cell" className="wide">
        <DigestText digest={digest} />
      </span>
      <span role="cell" className="narrow-line flex min-w-0 gap-1 overflow-hidden text-sm">
        {platforms.length === 0 ? (
          <span className="text-muted">{texts.none}</span>
        ) : (
          platforms.slice(0, platformsMax).map((platform) => (
            <span key={platform} className="chip shrink-0">
              {platform.replace(/^linux\//, '')}
            </span>
          ))
        )}
        {platforms.length > platformsMax && (
          <span className="chip" title={platforms.join(', ')}>
            {texts.more(platforms.length - platformsMax)}
          </span>
        )}
      </span>
      <span role="cell" className="narrow-line flex items-center gap-2 text-sm">
        <span className="w-16 shrink-0 text-right">
          <Bytes of={sizeBytes} />
        </span>
        <span className="wide w-16">
          <Bar share={sizeBytes / largest} />
        </span>
      </span>
      <span role="cell" className="narrow-line min-w-0 truncate text-sm sm:text-right">
        <RelativeTime at={movedAt} /> {movedBy !== 'anonymous' && <span className="text-muted max-sm:hidden">{texts.by(movedBy)}</span>}
        {pulledAt !== undefined && (
          <span className="wide text-[0.92em] text-muted">
            <br />
            {texts.pulled} <RelativeTime at={pulledAt} />
          </span>
        )}
      </span>
    </>
  );
}

const platformsMax = 3;
