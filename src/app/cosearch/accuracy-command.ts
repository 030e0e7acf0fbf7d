import { type ChildProcess, spawn } from 'node:child_process';
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

/** Why a command gave no accuracy. */
export type CommandFailure = 'start' | 'exit' | 'timeout' | 'too-much-output' | 'no-answer' | 'aborted';

/** A command that gave no accuracy; its code is `foreign`, or `io` when it could not be started. */
export class AccuracyCommandError extends TrifoldError {
  readonly failure: CommandFailure;

  constructor(failure: CommandFailure, message: string, hint?: string) {
    super(failure === 'start' ? 'io' : 'foreign', message, hint === undefined ? {} : { hint });
    this.name = 'AccuracyCommandError';
    this.failure = failure;
  }
}

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
  /** Kills running commands and rejects. */
  readonly signal?: AbortSignal;
}

/** An evaluator that runs a program, and how often it did. */
export interface CommandEvaluator extends AccuracyEvaluator {
  /** Programs started, and answers that were remembered. */
  readonly counters: { readonly started: number; readonly remembered: number };
}

const DEFAULT_OUTPUT_LIMIT = 16 * 2 ** 20;
const BUILD: BuildOptions = { batch: 1, wordBits: perTensor(() => 16) };

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
 * Runs a program once per network and remembers its answers by a hash of the input.
 * @throws TrifoldError `usage` for an empty command or a time limit that is not positive
 */
export function commandEvaluator(space: NetworkSpace, options: AccuracyCommand): CommandEvaluator {
  if (options.command.trim() === '') throw new TrifoldError('usage', 'the accuracy command is empty');
  if (!(options.timeLimitSeconds > 0))
    throw new TrifoldError('usage', `the time limit must be positive, not ${options.timeLimitSeconds} seconds`);
  const cache = options.cache ?? new Map<string, CommandAnswer>();
  const running = new Map<string, Promise<CommandAnswer>>();
  const counters = { started: 0, remembered: 0 };
  const source = `command: ${options.command}`;

  const answerTo = async (input: string): Promise<CommandAnswer> => {
    const hash = createHash('sha256').update(input).digest('hex');
    const known = cache.get(hash) ?? running.get(hash);
    if (known !== undefined) {
      counters.remembered++;
      return known;
    }
    counters.started++;
    const answer = runCommand(options, input);
    running.set(hash, answer);
    try {
      const settled = await answer;
      cache.set(hash, settled);
      return settled;
    } finally {
      running.delete(hash);
    }
  };

  return {
    name: 'command',
    source,
    space: space.name,
    limits: null,
    counters,
    evaluate: async (genotype) => {
      const answer = await answerTo(commandInput(space, genotype));
      return estimateOf(answer, source);
    },
  };
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

function runCommand(options: AccuracyCommand, input: string): Promise<CommandAnswer> {
  const limit = options.outputLimitBytes ?? DEFAULT_OUTPUT_LIMIT;
  const { signal, command } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(new AccuracyCommandError('aborted', 'the accuracy command was not started: the run was stopped'));
      return;
    }
    const child = spawn(command, {
      shell: true,
      detached: process.platform !== 'win32',
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.directory === undefined ? {} : { cwd: options.directory }),
    });
    let failure: AccuracyCommandError | undefined;
    const fail = (error: AccuracyCommandError): void => {
      failure ??= error;
      killTree(child);
    };
    const timer = setTimeout(
      () =>
        fail(
          new AccuracyCommandError(
            'timeout',
            `the accuracy command took longer than ${options.timeLimitSeconds} seconds and was stopped`,
            'raise the time limit or make the command faster',
          ),
        ),
      Math.min(options.timeLimitSeconds * 1000, 2 ** 31 - 1),
    );
    const onAbort = () => fail(new AccuracyCommandError('aborted', 'the accuracy command was stopped with the run'));
    signal?.addEventListener('abort', onAbort, { once: true });
    const collect = (stream: 'stdout' | 'stderr'): (() => string) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      child[stream].on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= limit) chunks.push(chunk);
        else
          fail(
            new AccuracyCommandError('too-much-output', `the accuracy command wrote over ${limit} bytes to ${stream}`),
          );
      });
      return () => Buffer.concat(chunks).toString('utf8');
    };
    const stdout = collect('stdout');
    const stderr = collect('stderr');
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      settle();
    };
    child.on('error', (error) =>
      finish(() =>
        reject(new AccuracyCommandError('start', `the accuracy command cannot be started: ${error.message}`)),
      ),
    );
    child.on('close', (code, killedBy) =>
      finish(() => {
        const error = failure ?? exitFailure(code, killedBy, stderr());
        if (error !== undefined) reject(error);
        else settleAnswer(stdout(), stderr(), resolve, reject);
      }),
    );
    // A program that never reads its input closes the pipe; its exit code and output decide.
    child.stdin.on('error', () => undefined);
    child.stdin.end(`${input}\n`);
  });
}

function settleAnswer(
  stdout: string,
  stderr: string,
  resolve: (answer: CommandAnswer) => void,
  reject: (error: Error) => void,
): void {
  const read = readCommandAnswer(stdout, stderr);
  if (read.ok) resolve(read.answer);
  else reject(new AccuracyCommandError('no-answer', read.message, read.hint));
}

function exitFailure(code: number | null, killedBy: string | null, stderr: string): AccuracyCommandError | undefined {
  if (code === 0) return undefined;
  const end = stderr.trim().split('\n').at(-1) ?? '';
  const how = code === null ? `was ended by ${killedBy}` : `ended with exit code ${code}`;
  return new AccuracyCommandError(
    isNotFound(code) ? 'start' : 'exit',
    `the accuracy command ${how}${end === '' ? '' : `: ${end.slice(0, 300)}`}`,
  );
}

/** Exit codes of shells for commands that are not there or not executable. */
function isNotFound(code: number | null): boolean {
  return code === 126 || code === 127;
}

/** Kills the shell and all that it started: they form a process group of their own. */
function killTree(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group has ended by itself.
  }
}
