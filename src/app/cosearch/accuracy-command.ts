import { createHash } from 'node:crypto';
import type { AccuracyEstimate } from '../../search/found-network.ts';
import type { AccuracyEvaluator } from '../../search/network/accuracy/accuracy-evaluator.ts';
import type { Genotype } from '../../search/network/spaces/genes.ts';
import type { BuildOptions, NetworkSpace } from '../../search/network/spaces/network-space.ts';
import { TrifoldError } from '../../util/errors.ts';
import { perTensor } from '../../util/vocabulary.ts';
import { problemSpec } from '../../workload/layers.ts';
import { networkMacs, networkParameters } from '../../workload/network.ts';
import { type CommandAnswer, readCommandAnswer } from './accuracy-command-answer.ts';
import { AccuracyCommandError } from './accuracy-command-error.ts';
import { runProcess } from './command-process.ts';
import { RunningCommands } from './running-commands.ts';

/** Remembered answers by network hash; a Map, or something that keeps them on disk. */
export interface AnswerCache {
  get(hash: string): CommandAnswer | undefined;
  set(hash: string, answer: CommandAnswer): unknown;
}

/** A program that says how accurate a network is. */
export interface AccuracyCommand {
  /** A shell command line: gets one network as JSON on stdin, prints an accuracy as its last line that is a number or a JSON object. */
  readonly command: string;
  /** Seconds after which it is killed with all that it started; > 0. */
  readonly timeLimitSeconds: number;
  /** Bytes on stdout or stderr after which it is killed; default 16 MiB each. */
  readonly outputLimitBytes?: number;
  /** Working directory; default the current one. */
  readonly directory?: string;
  /** Default: remembered while the evaluator lives. Failures are never remembered. */
  readonly cache?: AnswerCache;
}

/** An evaluator that runs a program, and how often it did. */
export interface CommandEvaluator extends AccuracyEvaluator {
  /** Programs started, and answers that were remembered. */
  readonly counters: { readonly started: number; readonly remembered: number };
}

const DEFAULT_OUTPUT_LIMIT = 16 * 2 ** 20;
/** Before a program that somebody else killed is started once more. */
const KILLED_PAUSE_MS = 500;
const BUILD: BuildOptions = { batch: 1, wordBits: perTensor(() => 16), isLayersOnly: true };

/** The JSON document that a command reads: the network's genes and layers, for one input. */
export function commandInput(space: NetworkSpace, genotype: Genotype): string {
  const canonical = space.canonical(genotype);
  const network = space.build(canonical, BUILD);
  return JSON.stringify({
    version: 1,
    space: space.name,
    genotype: space.format(canonical),
    network: {
      name: network.name,
      macs: networkMacs(network),
      parameters: networkParameters(network),
      layers: network.layers.map((layer) => ({
        ...problemSpec(layer.problem),
        name: layer.name,
        kind: layer.kind,
        parameters: layer.parameters,
      })),
    },
  });
}

/**
 * Runs a program once per network and remembers its answers by a hash of the input. Programs that run end with all that they started when the signal
 * of their call is aborted, and when this process ends in a way that it notices.
 * @throws TrifoldError `usage` for a command that is empty or no text for a shell, or a time limit that is not positive
 */
export function commandEvaluator(space: NetworkSpace, options: AccuracyCommand): CommandEvaluator {
  const { command, timeLimitSeconds, directory, outputLimitBytes = DEFAULT_OUTPUT_LIMIT } = options;
  if (command.trim() === '') throw new TrifoldError('usage', 'the accuracy command is empty');
  if (command.includes('\0')) throw new TrifoldError('usage', 'the accuracy command has a NUL character');
  if (!(timeLimitSeconds > 0))
    throw new TrifoldError('usage', `the time limit must be positive, not ${timeLimitSeconds} seconds`);
  const cache = options.cache ?? new Map<string, CommandAnswer>();
  const programs = new RunningCommands();
  const asked = new Map<
    string,
    { readonly signal: AbortSignal | undefined; readonly answer: Promise<CommandAnswer> }
  >();
  const counters = { started: 0, remembered: 0 };
  const source = `command: ${command}`;

  const run = async (input: string, signal: AbortSignal | undefined): Promise<CommandAnswer> => {
    counters.started++;
    const process = { command, input, timeLimitSeconds, outputLimitBytes, directory, signal };
    const { stdout, stderr } = await runProcess(process, programs);
    const read = readCommandAnswer(stdout, stderr);
    if (read.ok) return read.answer;
    throw new AccuracyCommandError('no-answer', read.message, read.hint);
  };

  const answerTo = async (input: string, signal: AbortSignal | undefined): Promise<CommandAnswer> => {
    signal?.throwIfAborted();
    const hash = createHash('sha256').update(input).digest('hex');
    const same = asked.get(hash);
    // A program that another signal may end is none to wait for.
    const known = cache.get(hash) ?? (same?.signal === signal ? same?.answer : undefined);
    if (known !== undefined) {
      counters.remembered++;
      return known;
    }
    const own = { signal, answer: againIfFromOutside(() => run(input, signal), signal, programs) };
    asked.set(hash, own);
    try {
      const answer = await own.answer;
      cache.set(hash, answer);
      return answer;
    } finally {
      if (asked.get(hash) === own) asked.delete(hash);
    }
  };

  return {
    name: 'command',
    source,
    space: space.name,
    limits: null,
    counters,
    evaluate: async (genotype, signal) => {
      const answer = await answerTo(commandInput(space, genotype), signal);
      return estimateOf(answer, source);
    },
  };
}

/**
 * A program that somebody else killed (the system for want of memory, a shutdown that reaches all processes of a job) says nothing of the
 * network: it is started once more after a while. The second time counts.
 */
async function againIfFromOutside<Answer>(
  ask: () => Promise<Answer>,
  signal: AbortSignal | undefined,
  programs: RunningCommands,
): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof AccuracyCommandError && error.isFromOutside)) throw error;
    // What ended it may be on its way to this process too, which then ends without an answer.
    await programs.pause(KILLED_PAUSE_MS, signal);
    signal?.throwIfAborted();
    return ask();
  }
}

function estimateOf(answer: CommandAnswer, source: string): AccuracyEstimate {
  return {
    kind: 'estimate',
    top1Percent: answer.top1Percent,
    reportedTop1Percent: answer.top1Percent,
    errorPoints: answer.errorPoints,
    source,
    inDomain: true,
    saturated: false,
    notes: answer.notes,
  };
}
