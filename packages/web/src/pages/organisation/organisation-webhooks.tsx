import { Link, useNavigate } from '@tanstack/react-router';
import { Webhooks } from '../webhooks/webhooks.tsx';

export function OrganisationWebhooks({ namespace, one }: { namespace: string; one: string | undefined }) {
  const navigate = useNavigate();
  const pathOf = (id: string | undefined) => `${namespace}/webhooks${id === undefined ? '' : `/${id}`}`;
  return (
    <div className="max-w-3xl">
      <Webhooks
        place={{ namespace }}
        one={one}
        link={(id, text) => (
          <Link to="/o/$" params={{ _splat: pathOf(id) }} className="link">
            {text}
          </Link>
        )}
        leave={() => void navigate({ to: '/o/$', params: { _splat: pathOf(undefined) } })}
      />
    </div>
  );
}
