import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { Task } from '../../parallel/task.ts';
import { supportingObjective } from '../../search/mapping/network-optimum.ts';
import type { Objective } from '../../search/mapping/objective.ts';
import { type ErrorCode, type ErrorDetails, TrifoldError } from '../../util/errors.ts';
import type { LayerShape } from '../../workload/network.ts';
import { type MappedLayer, mapLayer } from './map-layer.ts';
import { limitedObjective, limitFrom, type MapperSettings, objectiveFrom } from './mapper-settings.ts';
import { nodeBudget } from './node-budget.ts';

/** An objective and limits as a command line words them. */
export interface TextGoal {
  readonly kind: 'text';
  readonly objective: string;
  readonly subjectTo: readonly string[];
}

/** What layers are mapped for, as plain data: the texts of a command line, or a supporting line of the network optimum. */
export type LayerGoal =
  | TextGoal
  /** energy + lambda * cycles; null = least latency. */
  | { readonly kind: 'supporting-line'; readonly lambda: number | null };

/** Layers to be mapped one after the other on one accelerator. Plain data: it travels to a worker. */
export interface LayerWork {
  /** For messages. */
  readonly name: string;
  readonly layers: readonly LayerShape[];
  readonly accelerator: Accelerator;
  readonly goal: LayerGoal;
  readonly settings: Omit<MapperSettings, 'shouldStop'>;
  /** Ends the search of each layer with what it has. */
  readonly secondsPerLayer?: number;
  /** Partial mappings that an exact mapper may bound over all layers; see {@link nodeBudget}. */
  readonly nodeLimit?: number;
}

/** What became of it. */
export type LayerWorkResult =
  | { readonly kind: 'mapped'; readonly layers: readonly MappedLayer[]; readonly seconds: number }
  | {
      /** The first layer without a mapping, as the error to throw. */
      readonly kind: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly details: ErrorDetails;
      /** Whether the node limit was used up. */
      readonly outOfNodes: boolean;
    };

/** Maps layers; bad input and missing mappings are values, so that one of many need not end the others. */
export const task: Task<null, LayerWork, LayerWorkResult> = {
  moduleUrl: import.meta.url,
  start: () => mapWork,
  describe: ({ name }) => name,
};

/** The error that a failed piece of work stands for. */
export function workError({ code, message, details }: Extract<LayerWorkResult, { kind: 'failed' }>): TrifoldError {
  return new TrifoldError(code, message, details);
}

function mapWork({ layers, accelerator, goal, settings, secondsPerLayer, nodeLimit }: LayerWork): LayerWorkResult {
  const nodes = nodeLimit === undefined || settings.mapper !== 'exact' ? null : nodeBudget(nodeLimit);
  const begun = performance.now();
  try {
    const objective = goalObjective(goal, accelerator);
    const mapped = layers.map((layer) => {
      nodes?.nextLayer();
      const deadline = secondsPerLayer === undefined ? null : performance.now() + secondsPerLayer * 1000;
      const isLate = () => deadline !== null && performance.now() > deadline;
      return mapLayer(layer, accelerator, objective, {
        ...settings,
        ...(nodes === null && deadline === null ? {} : { shouldStop: () => nodes?.shouldStop() === true || isLate() }),
      });
    });
    return { kind: 'mapped', layers: mapped, seconds: (performance.now() - begun) / 1000 };
  } catch (error) {
    if (!(error instanceof TrifoldError)) throw error;
    const { code, message, details } = error;
    return { kind: 'failed', code, message, details, outOfNodes: nodes?.isUsedUp() === true };
  }
}

function goalObjective(goal: LayerGoal, accelerator: Accelerator): Objective {
  if (goal.kind === 'supporting-line') return supportingObjective(goal.lambda);
  return limitedObjective(
    objectiveFrom(goal.objective, accelerator),
    goal.subjectTo.map((text) => limitFrom(text, accelerator)),
  );
}
