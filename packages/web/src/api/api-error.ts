/** Why a request failed, as facts; the language says it. */
export type Problem = {
  readonly kind: 'offline' | 'sign-in' | 'denied' | 'absent' | 'conflict' | 'refused' | 'busy' | 'defect';
  readonly status: number;
  /** The server's name of the cause. */
  readonly code: string;
  /** The server's own words, in English. */
  readonly message: string;
  readonly requestId: string;
  /** Of what somebody else was faster with, as far as it is known. */
  readonly changedBy?: string;
};

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly problem: Problem;
  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message, options);
    this.problem = problem;
  }
}

export async function readProblem(response: Response): Promise<ApiError> {
  const said = readError(await response.text().catch(() => ''));
  return new ApiError({ kind: kindOf(response.status), status: response.status, ...said, requestId: response.headers.get('x-request-id') ?? '' });
}

export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  if (isMissingPart(error)) return { kind: 'offline', status: 0, code: 'OFFLINE', message: '', requestId: '' };
  return { kind: 'defect', status: 0, code: 'DEFECT', message: error instanceof Error ? error.message : String(error), requestId: '' };
}

/** A part of the pages could not be fetched: the server is gone, or has newer pages. Browsers say it each in words of their own. */
export function isMissingPart(error: unknown): boolean {
  return error instanceof TypeError && /dynamically imported module|importing a module script failed/i.test(error.message);
}

function kindOf(status: number): Problem['kind'] {
  if (status === 401) return 'sign-in';
  if (status === 403) return 'denied';
  if (status === 404) return 'absent';
  if (status === 409 || status === 412) return 'conflict';
  if (status === 429 || status === 503) return 'busy';
  return status < 500 ? 'refused' : 'defect';
}

/** What stands between us and the server may answer with anything. */
function readError(text: string): Pick<Problem, 'code' | 'message' | 'changedBy'> {
  try {
    const body = JSON.parse(text) as { errors?: readonly { code?: unknown; message?: unknown; detail?: { changedBy?: unknown } }[] } | null;
    const first = body?.errors?.[0];
    const changedBy = first?.detail?.changedBy;
    return {
      code: typeof first?.code === 'string' ? first.code : 'UNKNOWN',
      message: typeof first?.message === 'string' ? first.message : '',
      ...(typeof changedBy === 'string' && { changedBy }),
    };
  } catch {
    return { code: 'UNKNOWN', message: '' };
  }
}
