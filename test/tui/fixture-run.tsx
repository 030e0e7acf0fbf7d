import { openLiveView } from '../../src/tui/live-view.tsx';
import { syntheticRun } from '../search/synthetic-run.ts';

/**
 * Replays a made-up run in a live view. Arguments: delay between events in ms, then `design` or `map`.
 * Ends on q with exit code 0, prints what it was asked for. With `crash` as third argument it throws after a second; with `hold` it waits after the second
 * generation until it was paused.
 */
const [delay = '20', command = 'design', mode = ''] = process.argv.slice(2);
const events = syntheticRun({
  command: command === 'map' ? 'map' : 'design',
  networks: mode === 'many' ? ['resnet50', 'mobilenetv2', 'vgg16'] : ['resnet50'],
});
let paused = false;
let asked = '';
let generations = 0;
const live = openLiveView({
  stdout: process.stdout,
  stdin: process.stdin,
  readOnly: mode === 'watch',
  actions: {
    stop: () => {
      clearInterval(timer);
      live.close().then(() => {
        process.stdout.write(`asked:${asked} ended\n`);
        const failure = live.failure();
        if (failure !== undefined) process.stdout.write(`${failure.stack}\n`);
      });
    },
    togglePause: () => {
      asked += ' pause';
      paused = !paused;
      return paused;
    },
    writeReport: async () => {
      asked += ' report';
      return 'runs/resnet50-1/report.html';
    },
  },
});
const timer = setInterval(() => {
  const isHeld = mode === 'hold' && generations >= 2 && asked === '';
  const event = paused || isHeld ? undefined : events.shift();
  if (event?.kind === 'generation') generations++;
  if (event !== undefined) live.onEvent(event);
}, Number(delay));
if (mode === 'crash')
  setTimeout(() => {
    throw new Error('made-up crash');
  }, 1000);
