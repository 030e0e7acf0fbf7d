/** Wait of a process that asked to be stopped, until it takes itself for one that cannot be (without job control). */
const UNSTOPPED_MS = 300;

/** Ctrl-Z and SIGTSTP: the terminal goes back to the shell while the process is stopped, and the view comes again with SIGCONT. */
export class Suspension {
  readonly #giveBack: () => void;
  readonly #takeAgain: () => void;
  #isSuspended = false;

  /** Listens for the signals until {@link close}. */
  constructor(giveBack: () => void, takeAgain: () => void) {
    this.#giveBack = giveBack;
    this.#takeAgain = takeAgain;
    process.on('SIGTSTP', this.suspend);
    process.on('SIGCONT', this.#resume);
  }

  /** Gives the terminal back and stops all processes of this one's group, as the terminal itself would. */
  readonly suspend = (): void => {
    if (this.#isSuspended) return;
    this.#isSuspended = true;
    this.#giveBack();
    process.off('SIGTSTP', this.suspend);
    process.kill(0, 'SIGTSTP');
    setTimeout(this.#resume, UNSTOPPED_MS).unref();
  };

  /** Stops to listen. */
  close(): void {
    process.off('SIGTSTP', this.suspend);
    process.off('SIGCONT', this.#resume);
    this.#isSuspended = false;
  }

  readonly #resume = (): void => {
    if (!this.#isSuspended) return;
    this.#isSuspended = false;
    process.on('SIGTSTP', this.suspend);
    this.#takeAgain();
  };
}
