import { FLOAT32 } from '../messages/element-types.ts';
import { shapeText } from '../messages/tensor-message.ts';
import { same } from './elementwise.ts';
import type { OperatorTable, Rule } from './rule.ts';
import { type RuleNode, typeOf } from './rule-node.ts';

/** Scale, bias, mean and variance have one value per channel, and so have the statistics that training gives out. */
const batchNormalization: Rule = (node) => {
  const { dims, elementType } = node.input(0);
  const channels = dims.length < 2 ? 1 : dims[1]!;
  for (const index of [1, 2, 3, 4]) checkVector(node, index, channels);
  const statistics = { dims: [channels], elementType: node.type(3) };
  return [{ dims, elementType }, statistics, statistics, statistics, statistics];
};

const perChannel: Rule = (node) => {
  const { dims, elementType } = node.input(0);
  node.check(dims.length >= 3, () => `wants an input of at least 3 dims, found ${shapeText(dims)}`);
  for (const index of [1, 2]) checkVector(node, index, dims[1]!);
  return [{ dims, elementType }];
};

function checkVector(node: RuleNode, index: number, length: number): void {
  const dims = node.dims(index);
  node.check(
    dims.length === 1 && dims[0] === length,
    () => `wants input ${index} of [${length}], found ${shapeText(dims)}`,
  );
}

/** Mean and reciprocal deviation have a dim of 1 in place of the dims from `axis` on. */
const layerNormalization: Rule = (node) => {
  const { dims, elementType } = node.input(0);
  const axis = node.axis(node.int('axis', -1), dims.length);
  const statistics = { dims: dims.map((dim, index) => (index < axis ? dim : 1)), elementType: FLOAT32 };
  return [{ dims, elementType }, statistics, statistics];
};

/** Group statistics have no output; scale and bias have one value per channel or per group. */
const groupNormalization: Rule = (node) => {
  const { dims, elementType } = node.input(0);
  node.check(dims.length >= 2, () => `wants an input of at least 2 dims, found ${shapeText(dims)}`);
  const groups = node.int('num_groups', node.int('groups', 1));
  const channels = node.int('channels_last', node.opType === 'GroupNorm' ? 1 : 0) === 1 ? dims.at(-1)! : dims[1]!;
  node.check(
    groups > 0 && channels % groups === 0,
    () => `wants channels that ${groups} groups divide, found ${channels}`,
  );
  return [{ dims, elementType }];
};

/** Sum of an input and a skip, normalised over the last dim: output, mean, deviation, and the sum itself. */
const skipNormalization: Rule = (node) => {
  const { dims, elementType } = node.input(0);
  const skip = node.dims(1);
  node.check(
    skip.every((dim, axis) => dim === 1 || dim === dims[dims.length - skip.length + axis]),
    () => `wants a skip that broadcasts to ${shapeText(dims)}, found ${shapeText(skip)}`,
  );
  const statistics = { dims: [...dims.slice(0, -1), 1], elementType: FLOAT32 };
  return [{ dims, elementType }, statistics, statistics, { dims, elementType }];
};

/** Words, segments and positions of [batch, length] become vectors; the second output counts the words of each row. */
const embedNormalization: Rule = (node) => {
  const [batch, length] = node.ranked(0, 2) as [number, number];
  const hidden = node.ranked(2, 2)[1]!;
  const elementType = typeOf(node, 2);
  const embedded = { dims: [batch, length, hidden], elementType };
  return [embedded, { dims: [batch], elementType: node.type(0) }, embedded];
};

const MS = 'com.microsoft:';

/** Normalisations; softmax among them, since it divides by a sum over an axis. */
export const NORMALIZATIONS: OperatorTable = [
  ['BatchNormalization', 'vector', batchNormalization],
  ['InstanceNormalization', 'vector', perChannel],
  ['LayerNormalization RMSNormalization SimplifiedLayerNormalization', 'vector', layerNormalization],
  [`${MS}SimplifiedLayerNormalization`, 'vector', layerNormalization],
  [`GroupNormalization ${MS}GroupNorm`, 'vector', groupNormalization],
  [`${MS}SkipLayerNormalization ${MS}SkipSimplifiedLayerNormalization`, 'vector', skipNormalization],
  [`${MS}EmbedLayerNormalization`, 'vector', embedNormalization],
  ['Softmax LogSoftmax LRN LpNormalization MeanVarianceNormalization', 'vector', same],
];
