/** The shape of a translated help: a command, a paragraph or a flag without its text does not compile. */
import type { CommandSpec } from '../command-spec.ts';

type SaidOf<Texts extends readonly string[]> = { readonly [At in keyof Texts]: string };
type Spoken<Spec extends CommandSpec> = {
  readonly summary: string;
  readonly details: SaidOf<Spec['details']>;
  readonly flags: Readonly<Record<Spec['flags'][number]['name'], string>>;
};
export type SpokenAll<Specs extends Readonly<Record<string, CommandSpec>>> = { readonly [Name in keyof Specs]: Spoken<Specs[Name]> };
