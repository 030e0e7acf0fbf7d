import { TrifoldError } from '../../util/errors.ts';

/** Why a command gave no accuracy. `killed`: by a signal of somebody else; `resources`: the system could not start it just then. */
export type CommandFailure = 'start' | 'resources' | 'exit' | 'killed' | 'timeout' | 'too-much-output' | 'no-answer';

/** A command that gave no accuracy; its code is `foreign`, or `io` when it could not be started. */
export class AccuracyCommandError extends TrifoldError {
  readonly failure: CommandFailure;

  constructor(failure: CommandFailure, message: string, hint?: string) {
    const code = failure === 'start' || failure === 'resources' ? 'io' : 'foreign';
    super(code, message, hint === undefined ? {} : { hint });
    this.name = 'AccuracyCommandError';
    this.failure = failure;
  }

  /** Whether it says nothing of the network that the command was asked about. */
  get isFromOutside(): boolean {
    return this.failure === 'killed' || this.failure === 'resources';
  }
}
