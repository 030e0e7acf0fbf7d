import { areaMm2, onChipBits } from '../../accelerator/accelerator.ts';
import { statedTerms } from '../../accelerator/overhead-data.ts';
import type { Gene } from '../../search/network/spaces/genes.ts';
import type { NetworkSpace } from '../../search/network/spaces/network-space.ts';
import { NETWORK_SPACES } from '../../search/network/spaces/spaces.ts';
import { TrifoldError } from '../../util/errors.ts';
import { suggestWord } from '../../util/suggestion.ts';
import { networkMacs, networkParameters, operatorParameters } from '../../workload/network.ts';
import {
  loadAccelerator,
  loadBudget,
  loadMapping,
  loadTechnology,
  loadWorkload,
  PRESET_FOLDERS,
  type PresetKind,
  presetNames,
  readText,
  resolveFile,
  statOf,
} from './load.ts';

/** One preset in a list. */
export interface PresetSummary {
  readonly name: string;
  /** One line of what it is. */
  readonly summary: string;
}

/** One preset with its text. */
export interface ShownPreset extends PresetSummary {
  readonly kind: PresetKind | 'spaces';
  readonly text: string;
}

/** The presets of some kinds, each with one line about it. */
export function listPresets(kinds: readonly (PresetKind | 'spaces')[]): Record<string, PresetSummary[]> {
  return Object.fromEntries(
    kinds.map((kind) => [
      kind,
      kind === 'spaces' ? listSpaces() : presetNames(kind).map((name) => ({ name, summary: summaryOf(kind, name) })),
    ]),
  );
}

/**
 * All presets of a name (`eyeriss` is an accelerator and a budget), or the one named `kind/name`.
 * @throws TrifoldError `not-found` with the nearest name
 */
export function showPresets(name: string): ShownPreset[] {
  const kinds = Object.keys(PRESET_FOLDERS) as PresetKind[];
  const [kindPart, namePart] = name.includes('/') ? name.split('/') : [undefined, name];
  const found = kinds.flatMap((kind): ShownPreset[] =>
    (kindPart === undefined || kind === kindPart) && presetNames(kind).includes(namePart ?? '')
      ? [{ kind, name: namePart!, summary: summaryOf(kind, namePart!), text: readText(resolveFile(kind, namePart!)) }]
      : [],
  );
  const space = kindPart === undefined || kindPart === 'spaces' ? showSpace(namePart ?? '') : undefined;
  if (space !== undefined) found.push(space);
  if (found.length > 0) return found;
  if (statOf(name)?.isFile() === true)
    throw new TrifoldError('usage', `${name} is a file; trifold show prints presets`, {
      hint: 'trifold import prints an ONNX model as a workload file',
    });
  throw new TrifoldError('not-found', `no preset named ${name}`, {
    hint: suggestWord(namePart ?? name, [...kinds.flatMap(presetNames), ...listSpaces().map((one) => one.name)]),
  });
}

function summaryOf(kind: PresetKind, name: string): string {
  if (kind === 'workloads') {
    const { network, title, otherParameters } = loadWorkload(name);
    const others = Object.values(otherParameters).reduce((sum, count) => sum + count, 0);
    const inLayers = networkParameters(network);
    const parameters = inLayers + operatorParameters(network) + others;
    const ofLayers = parameters === inLayers ? '' : `, ${(inLayers / 1e6).toFixed(2)} M of them in layers`;
    return `${title}: ${network.layers.length} distinct layers, ${(networkMacs(network) / 1e6).toFixed(1)} M MACs, ${(parameters / 1e6).toFixed(2)} M parameters${ofLayers}`;
  }
  if (kind === 'accelerators' || kind === 'boards') {
    const accelerator = loadAccelerator(name);
    const array = accelerator.levels.flatMap((level) => level.fanOut.dimensions.map((dimension) => dimension.size));
    const keys = [...new Set(statedTerms(accelerator).map(({ key }) => key))];
    const terms = keys.length === 0 ? '' : `; states ${keys.join(', ')}`;
    return `${accelerator.mac.instances} MACs (${array.join(' x ')}), ${(onChipBits(accelerator) / 8192).toFixed(1)} KiB on chip, ${(accelerator.clockHz / 1e6).toFixed(0)} MHz, ${areaMm2(accelerator).toPrecision(3)} mm^2 (${accelerator.technology})${terms}`;
  }
  if (kind === 'budgets') {
    const budget = loadBudget(name);
    return `${budget.processingElements} PEs, ${(budget.onChipBits / 8192).toFixed(1)} KiB on chip`;
  }
  if (kind === 'technologies') return firstSentence(loadTechnology(name).source);
  if (kind === 'measurements') return 'measured figures of a chip';
  const loaded = loadMapping(name);
  if (loaded.kind === 'schedule') return `schedule: ${firstSentence(loaded.schedule.source)}`;
  return loaded.kind === 'dataflow'
    ? `dataflow: ${firstSentence(loaded.dataflow.source)}`
    : `mappings of ${loaded.mappings.layers.length} layers: ${firstSentence(loaded.mappings.source)}`;
}

function firstSentence(text: string): string {
  const end = text.search(/[.;:] |$/);
  return text.slice(0, Math.min(end, 110)).trim();
}

/** The network spaces, each with one line about it. */
function listSpaces(): PresetSummary[] {
  return NETWORK_SPACES.map((space) => ({ name: space.name, summary: spaceSummary(space) }));
}

/** A space with its genes; undefined for an unknown name. */
function showSpace(name: string): ShownPreset | undefined {
  const space = NETWORK_SPACES.find((one) => one.name === name);
  return space && { kind: 'spaces', name, summary: spaceSummary(space), text: textOf(space) };
}

function spaceSummary({ title, genes, distinctSize }: NetworkSpace): string {
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
