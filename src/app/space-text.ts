import type { Gene } from '../search/network/genes.ts';
import type { NetworkSpace } from '../search/network/space.ts';
import { NETWORK_SPACES } from '../search/network/spaces.ts';
import type { PresetSummary } from './presets.ts';

/** The network spaces, each with one line about it. */
export function listSpaces(): PresetSummary[] {
  return NETWORK_SPACES.map((space) => ({ name: space.name, summary: summaryOf(space) }));
}

/** A space with its genes; undefined for an unknown name. */
export function showSpace(
  name: string,
): (PresetSummary & { readonly kind: 'spaces'; readonly text: string }) | undefined {
  const space = NETWORK_SPACES.find((one) => one.name === name);
  return space && { kind: 'spaces', name, summary: summaryOf(space), text: textOf(space) };
}

function summaryOf({ title, genes, distinctSize }: NetworkSpace): string {
  return `${title}: ${distinctSize < 1e6 ? distinctSize : distinctSize.toExponential(1)} networks, ${genes.length} genes`;
}

function textOf({ name, source, genes, size, distinctSize }: NetworkSpace): string {
  const lists = new Map<string, Gene[]>();
  for (const gene of genes) lists.set(gene.key, [...(lists.get(gene.key) ?? []), gene]);
  return [
    `name: ${name}`,
    `source: ${source}`,
    `networks: ${distinctSize} (genotypes: ${size})`,
    'genes:',
    ...[...lists].flatMap(([key, own]) => geneLines(key, own)),
    '',
  ].join('\n');
}

/** One line for genes with the same values, else one per gene. */
function geneLines(key: string, genes: readonly Gene[]): string[] {
  const texts = genes.map(({ values }) => values.join(', '));
  if (new Set(texts).size === 1)
    return [`  ${key}: ${genes[0]!.single === true ? 'one' : `${genes.length}, each one`} of ${texts[0]}`];
  return texts.map((text, i) => `  ${key}[${i}]: one of ${text}`);
}
