/**
 * The step of a build as its author wrote it, from what builders note in an image's history: the
 * classic builder writes `/bin/sh -c #(nop)  CMD ["nginx"]` and `/bin/sh -c apt-get …`, BuildKit
 * `RUN /bin/sh -c apt-get … # buildkit`.
 */
export type Instruction = { readonly verb: string; readonly rest: string };

export function readInstruction(createdBy: string): Instruction {
  const text = createdBy.replace(/\s*# buildkit\s*$/, '').trim();
  const noLayer = /^\/bin\/sh -c #\(nop\)\s*/.exec(text);
  if (noLayer) return split(text.slice(noLayer[0].length));
  const classicRun = /^(?:\|\d+ (?:\S+=\S* )*)?\/bin\/sh -c /.exec(text);
  if (classicRun) return { verb: 'RUN', rest: text.slice(classicRun[0].length).trim() };
  return split(text.replace(/^RUN (?:\|\d+ (?:\S+=\S* )*)?\/bin\/sh -c /, 'RUN '));
}

function split(text: string): Instruction {
  const verb =
    /^(?:ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)(?=\s|$)/.exec(text)?.[0] ??
    '';
  return { verb, rest: text.slice(verb.length).trim() };
}
