#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { packageVersion } from '../app/presets/package.ts';
import { TrifoldError } from '../util/errors.ts';
import { shownUsageError } from './command-line.ts';
import { addBoundsCommand } from './commands/bounds.ts';
import { addCosearchCommand } from './commands/cosearch.ts';
import { addDesignCommand } from './commands/design.ts';
import { addEvalCommand } from './commands/eval.ts';
import { addImportCommand } from './commands/import.ts';
import { addListCommands } from './commands/list.ts';
import { addMapCommand } from './commands/map.ts';
import { addResumeCommand } from './commands/resume.ts';
import { addRunsCommand } from './commands/runs.ts';
import { addSweepCommand } from './commands/sweep.ts';
import { addValidateCommand } from './commands/validate.ts';
import { addViewCommands } from './commands/view.ts';
import { EXIT, ExitSignal, printError, withLostOutput } from './context.ts';
import { keepIgnoringHangUp } from './interrupts.ts';
import { outputColumns, surviveLostStreams, writeError, writeOut } from './streams.ts';
import { foldedLines } from './text/layout/folded-lines.ts';

/** Runs one command line. @returns the exit code */
async function run(argv: readonly string[]): Promise<number> {
  const program = new Command('trifold')
    .description('Co-search of neural network, accelerator and mapping, with costs that can be checked by hand')
    .version(packageVersion(), '-v, --version')
    .configureOutput({
      writeOut,
      writeErr: (text) => writeError(foldedLines(text, outputColumns('stderr'))),
      outputError: (text, write) => write(shownUsageError(text)),
    })
    .showHelpAfterError('(trifold --help shows the commands; trifold COMMAND --help its options and an example)');
  addEvalCommand(program);
  addMapCommand(program);
  addSweepCommand(program);
  addBoundsCommand(program);
  addDesignCommand(program);
  addCosearchCommand(program);
  addRunsCommand(program);
  addResumeCommand(program);
  addViewCommands(program);
  addImportCommand(program);
  addListCommands(program);
  addValidateCommand(program);
  exitByThrowing(program);
  try {
    // Capital where other programs have it.
    await program.parseAsync(argv[2] === '-V' ? [...argv.slice(0, 2), '--version'] : [...argv]);
    return EXIT.done;
  } catch (error) {
    return exitCodeOf(error);
  }
}

function exitByThrowing(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) exitByThrowing(child);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof ExitSignal) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof TrifoldError) {
    printError(error);
    return error.code === 'infeasible' || error.code === 'time-out' ? EXIT.infeasible : EXIT.usage;
  }
  throw error;
}

surviveLostStreams();
keepIgnoringHangUp();
process.exitCode = withLostOutput(await run(process.argv));
