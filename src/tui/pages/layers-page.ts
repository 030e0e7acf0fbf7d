import { provenLayers, rowsName } from '../../search/run-figures.ts';
import { trialText } from '../../search/trials.ts';
import type { Canvas } from '../drawing/canvas.ts';
import type { RunView } from '../state/run-view.ts';
import type { UiState } from '../state/ui-state.ts';
import { drawLayerDetail } from './layer-detail.ts';
import { drawLayersTable } from './layers-table.ts';
import { drawEmpty, drawLayerEnergies, drawWords } from './page-parts.ts';

/** Layers: what every layer of the best design costs and why; Enter opens the mapping of the selected one. */
export function drawLayersPage(canvas: Canvas, view: RunView, ui: UiState): void {
  const { layers } = view;
  if (layers.length === 0) {
    drawEmpty(
      canvas,
      view.started?.command === 'map'
        ? ['no mapped layer yet', 'the first one comes shortly']
        : ['no mapped layers yet', 'they come with the first design that is mapped in detail'],
    );
    return;
  }
  const selected = Math.min(ui.selectedLayer, layers.length - 1);
  const current = layers[selected]!.layer;
  if (ui.layerOpen) {
    drawLayerDetail(canvas, current, ui.detailScroll);
    return;
  }
  const beside = canvas.width >= 170;
  const left = beside ? canvas.region(0, 0, canvas.width - 84, canvas.height) : canvas;
  const captionRows = left.height >= 16 ? 2 : 0;
  if (captionRows > 0) drawCaption(left, view);
  const table = left.region(0, captionRows, left.width, left.height - captionRows);
  const columnsHeight =
    table.height >= 40 && layers.length + 18 <= table.height ? Math.min(24, table.height - layers.length - 5) : 0;
  drawLayersTable(table.region(0, 0, table.width, table.height - columnsHeight), view, selected);
  if (columnsHeight > 0)
    drawEnergyColumns(table.region(0, table.height - columnsHeight, table.width, columnsHeight), view);
  if (beside) drawLayerDetail(canvas.region(canvas.width - 80, 0, 80, canvas.height), current, 0);
}

/** The design of these layers, and the number of them that are proven optimal. */
function drawCaption(canvas: Canvas, view: RunView): void {
  const { layers, layersTrial, best, started, status } = view;
  const { proven, count } = provenLayers(layers.map(({ layer }) => layer));
  const isLatest = layersTrial === null || best === null || layersTrial === best.trial;
  const title =
    layersTrial === null
      ? `Layers on ${started?.accelerator ?? 'the accelerator'}`
      : `Layers of ${trialText(layersTrial)}`;
  drawWords(
    canvas,
    0,
    [
      { text: title, style: 'heading' },
      ...(layersTrial === null
        ? [{ text: mappedText(view, count), style: 'text' as const }]
        : isLatest
          ? [{ text: status === 'finished' ? 'the best design' : 'the best design so far', style: 'good' as const }]
          : [{ text: `not mapped yet: ${trialText(best.trial)}, the best now`, style: 'warning' as const }]),
      { text: `${proven} of ${count} mappings proven optimal`, style: 'dim' },
    ],
    2,
  );
}

/** How many of the layers of a `map` run have a mapping, or of how many kinds of steps its schedule is. */
function mappedText(view: RunView, count: number): string {
  if (rowsName(view) === 'steps') return `${count} kinds of steps`;
  return view.layerCount === null ? '' : `${count} of ${view.layerCount} mapped`;
}

function drawEnergyColumns(canvas: Canvas, { layers }: RunView): void {
  canvas.text(0, 0, 'Energy by layer, repeats included', 'heading');
  drawLayerEnergies(canvas.region(0, 2, canvas.width, canvas.height - 2), layers);
}
