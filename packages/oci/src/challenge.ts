/**
 * Challenges in `WWW-Authenticate` (RFC 9110 11.3 to 11.6.1).
 *
 *     header     := [ challenge ] *( OWS "," OWS [ challenge ] )
 *     challenge  := scheme [ 1*SP ( token68 / [ auth-param ] *( OWS "," OWS [ auth-param ] ) ) ]
 *     auth-param := token BWS "=" BWS ( token / quoted-string )
 *     token68    := [A-Za-z0-9._~+/-]+ "="*
 *
 * Commas part challenges as well as parameters: a token with "=" behind it belongs to the challenge
 * before, any other begins a new one.
 */
import { type Piece, quoteString, readQuotedString, readToken, skipCommas, skipSpace } from './field-syntax.ts';

export type Challenge = {
  /** In lower case when parsed. */
  readonly scheme: string;
  /** Names in lower case when parsed; of a name that stands twice the first counts. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly token68?: string;
};

/** More in one header is an attack or a defect. */
export const challengesMax = 32;
export const challengeParametersMax = 64;

/** Values are always quoted and parted by a bare comma, as stock clients know it. */
export function formatChallenge({ scheme, parameters, token68 }: Challenge): string {
  if (token68 !== undefined) return `${scheme} ${token68}`;
  const written = Object.entries(parameters).map(([name, value]) => `${name}=${quoteString(value.replaceAll(controlCharacters, ''))}`);
  return written.length === 0 ? scheme : `${scheme} ${written.join(',')}`;
}

/** Reads as far as the header can be understood: whoever asks uses the challenge it knows. */
export function parseChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = [];
  let at = skipCommas(header, 0);
  while (at < header.length && challenges.length < challengesMax) {
    const scheme = readToken(header, at);
    if (!scheme) break;
    const { challenge, end } = readChallenge(header, scheme);
    challenges.push(challenge);
    at = skipSpace(header, end);
    if (header[at] !== ',') break;
    at = skipCommas(header, at);
  }
  return challenges;
}

export function findChallenge(header: string, scheme: string): Challenge | undefined {
  return parseChallenges(header).find((challenge) => challenge.scheme === scheme.toLowerCase());
}

// A line break would let a value write headers of its own.
// oxlint-disable-next-line no-control-regex
const controlCharacters = /[\0-\x1f\x7f]/g;

function readChallenge(text: string, { value, end: schemeEnd }: Piece): { challenge: Challenge; end: number } {
  const scheme = value.toLowerCase();
  const start = skipSpace(text, schemeEnd);
  const token68 = start > schemeEnd ? readToken68(text, start) : undefined;
  if (token68) return { challenge: { scheme, parameters: {}, token68: token68.value }, end: token68.end };

  const found = new Map<string, string>();
  let end = schemeEnd;
  for (let at = start; found.size < challengeParametersMax; at = skipCommas(text, end)) {
    const parameter = readParameter(text, at);
    if (!parameter) break;
    if (!found.has(parameter.name)) found.set(parameter.name, parameter.value);
    end = parameter.end;
    if (text[skipSpace(text, end)] !== ',') break;
  }
  return { challenge: { scheme, parameters: Object.fromEntries(found) }, end };
}

function readParameter(text: string, start: number): (Piece & { name: string }) | undefined {
  const name = readToken(text, start);
  if (!name) return undefined;
  const equals = skipSpace(text, name.end);
  if (text[equals] !== '=') return undefined;
  const valueStart = skipSpace(text, equals + 1);
  const piece = readQuotedString(text, valueStart) ?? readToken(text, valueStart);
  return piece && { ...piece, name: name.value.toLowerCase() };
}

const token68Pattern = /[A-Za-z0-9._~+/-]+=*/y;

/** Only when the challenge ends behind it: `realm=` looks like one until its value comes. */
function readToken68(text: string, start: number): Piece | undefined {
  token68Pattern.lastIndex = start;
  const value = token68Pattern.exec(text)?.[0];
  if (value === undefined) return undefined;
  const end = start + value.length;
  const next = text[skipSpace(text, end)];
  return next === undefined || next === ',' ? { value, end } : undefined;
}
