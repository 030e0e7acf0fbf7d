import { schedulesOf } from '../../search/run-figures.ts';
import { paretoPictures } from './pareto-pictures.ts';
import type { RunView } from './run-view.ts';

/** The pages in the order of their number keys; the last one is there where a run has schedules. */
export const PAGES = ['Progress', 'Accelerator', 'Layers', 'Pareto', 'Log', 'Network'] as const;

/** Name of a page. */
export type PageName = (typeof PAGES)[number];

/** The pages of a run: the first ones of {@link PAGES}. */
export function pagesOf(view: Pick<RunView, 'finished'>): readonly PageName[] {
  return schedulesOf(view).length > 0 ? PAGES : PAGES.filter((name) => name !== 'Network');
}

/** The page that is open; the first one where the run does not have the chosen one any more. */
export function openPage({ page }: Pick<UiState, 'page'>, view: Pick<RunView, 'finished'>): PageName {
  return pagesOf(view)[page] ?? PAGES[0];
}

/** Choices of the person at the keyboard. */
export interface UiState {
  /** Index into {@link PAGES}. */
  readonly page: number;
  readonly helpOpen: boolean;
  /** Place in the view's layers. */
  readonly selectedLayer: number;
  readonly layerOpen: boolean;
  readonly detailScroll: number;
  /** Lines up from the newest. */
  readonly logScroll: number;
  /** Place among the charts of the Pareto page. */
  readonly tradeOff: number;
  /** Place among the networks of the Network page, and among the operators of that network. */
  readonly network: number;
  readonly selectedOperator: number;
  readonly paused: boolean;
  /** The run was asked to end. */
  readonly ending: boolean;
  /** Answer to the last key, shown at the bottom; empty when there is none. */
  readonly message: string;
}

/** The choices at the start. */
export const INITIAL_UI: UiState = {
  page: 0,
  helpOpen: false,
  selectedLayer: 0,
  layerOpen: false,
  detailScroll: 0,
  logScroll: 0,
  tradeOff: 0,
  network: 0,
  selectedOperator: 0,
  paused: false,
  ending: false,
  message: '',
};

/** A key press: a printed character or a named key. */
export type Key =
  | { readonly kind: 'character'; readonly character: string }
  | {
      readonly kind: 'named';
      readonly name:
        | 'up'
        | 'down'
        | 'left'
        | 'right'
        | 'page-up'
        | 'page-down'
        | 'home'
        | 'end'
        | 'enter'
        | 'escape'
        | 'tab'
        | 'back-tab'
        | 'interrupt'
        | 'suspend'
        | 'redraw';
    };

/** Request of a key to the run or the terminal. */
export type UiRequest = 'none' | 'stop' | 'toggle-pause' | 'write-report' | 'redraw' | 'suspend' | 'interrupt';

/** Rights of the keys. */
export interface Controls {
  /** Only watching it: nothing. */
  readonly readOnly: boolean;
  /** Whether it keeps a folder that a report can be written from. */
  readonly keepsFolder: boolean;
}

/** The lists that a key can move over. */
type KeyView = Pick<RunView, 'layers' | 'log' | 'accuracyFront' | 'correlations' | 'points' | 'finished'>;

/** Choices and request after a key. Keys that ask something of the run that they may not do nothing, but for leaving. */
export function reduceKey(
  ui: UiState,
  key: Key,
  view: KeyView,
  { readOnly, keepsFolder }: Controls,
): { readonly ui: UiState; readonly request: UiRequest } {
  const calm = { ...ui, message: '' };
  const pages = pagesOf(view);
  const answer = (next: UiState, request: UiRequest = 'none') => ({ ui: next, request });
  if (key.kind === 'character') {
    const page = pages.findIndex((_, i) => key.character === String(i + 1));
    if (page >= 0) return answer({ ...calm, page, helpOpen: false, layerOpen: false });
    switch (key.character) {
      case '?':
        return answer({ ...calm, helpOpen: !ui.helpOpen });
      case 'q':
        if (ui.ending && !readOnly) return answer({ ...calm, message: 'ending; Ctrl-C to stop at once' });
        return answer({ ...calm, ending: true, message: readOnly ? '' : 'ending cleanly and saving' }, 'stop');
      case 'p':
        return readOnly ? answer({ ...calm, message: 'watching only' }) : answer(calm, 'toggle-pause');
      case 'r':
        if (readOnly) return answer({ ...calm, message: 'watching only' });
        if (!keepsFolder)
          return answer({ ...calm, message: 'no report: the run keeps no folder (start it with --out)' });
        return answer({ ...calm, message: 'writing the report' }, 'write-report');
      default:
        return answer(ui);
    }
  }
  switch (key.name) {
    case 'interrupt':
      return answer(
        { ...calm, ending: true, message: 'ending; Ctrl-C again to stop at once' },
        ui.ending ? 'interrupt' : 'stop',
      );
    case 'redraw':
    case 'suspend':
      return answer(ui, key.name);
    case 'tab':
    case 'back-tab': {
      const step = key.name === 'tab' ? 1 : pages.length - 1;
      return answer({ ...calm, page: (ui.page + step) % pages.length, helpOpen: false, layerOpen: false });
    }
    case 'escape':
      return answer({ ...calm, helpOpen: false, layerOpen: false });
    default:
      return answer(movedBy(calm, key.name, view));
  }
}

type Move = 'up' | 'down' | 'left' | 'right' | 'page-up' | 'page-down' | 'home' | 'end' | 'enter';

function movedBy(ui: UiState, move: Move, view: KeyView): UiState {
  const { layers, log } = view;
  const steps: Readonly<Record<Move, number>> = {
    up: -1,
    down: 1,
    left: 0,
    right: 0,
    'page-up': -10,
    'page-down': 10,
    home: -1e6,
    end: 1e6,
    enter: 0,
  };
  const step = steps[move];
  const sideways = move === 'left' ? -1 : move === 'right' ? 1 : 0;
  const limit = (value: number, most: number) => Math.max(0, Math.min(most, value));
  switch (openPage(ui, view)) {
    case 'Layers': {
      if (move === 'enter') return { ...ui, layerOpen: layers.length > 0 && !ui.layerOpen, detailScroll: 0 };
      const select = (by: number) => ({
        ...ui,
        detailScroll: 0,
        selectedLayer: limit(ui.selectedLayer + by, layers.length - 1),
      });
      if (!ui.layerOpen) return select(step);
      if (sideways !== 0) return select(sideways);
      const lines = layers[ui.selectedLayer]?.layer.loopNest.split('\n').length ?? 0;
      return { ...ui, detailScroll: limit(ui.detailScroll + step, lines - 1) };
    }
    case 'Pareto': {
      const count = Math.max(1, paretoPictures(view).length);
      return { ...ui, tradeOff: ((ui.tradeOff % count) + sideways + count) % count };
    }
    case 'Network': {
      const schedules = schedulesOf(view);
      const network = (ui.network + sideways + schedules.length) % schedules.length;
      if (network !== ui.network) return { ...ui, network, selectedOperator: 0 };
      const last = schedules[network]!.schedule.operators.length - 1;
      return { ...ui, selectedOperator: limit(ui.selectedOperator + step, last) };
    }
    case 'Log':
      return { ...ui, logScroll: limit(ui.logScroll - step, Math.max(0, log.length - 1)) };
    default:
      return ui;
  }
}
