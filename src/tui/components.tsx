import { Box, Text, useInput } from 'ink';
import { type ReactNode, useEffect } from 'react';
import { Canvas } from './drawing/canvas.ts';
import type { Line } from './drawing/palette.ts';
import { paintLine, type TerminalLook } from './drawing/palette.ts';
import { footerLines, frameRows, headerLines, type Size } from './frame.ts';
import { drawAcceleratorPage } from './pages/accelerator-page.ts';
import { drawHelpPage } from './pages/help-page.ts';
import { drawLayersPage } from './pages/layers-page.ts';
import { drawLogPage } from './pages/log-page.ts';
import { drawNetworkPage } from './pages/network-page.ts';
import { drawParetoPage } from './pages/pareto-page.ts';
import { drawProgressPage } from './pages/progress-page.ts';
import type { RunView } from './state/run-view.ts';
import { type Controls, type Key, openPage, type PageName, pagesOf, type UiState } from './state/ui-state.ts';
import { keyOf } from './terminal/keys.ts';

/** The state that a page is drawn from. */
interface PageProps {
  readonly view: RunView;
  readonly ui: UiState;
  readonly size: Size;
  readonly look: TerminalLook;
}

/** Lines of a drawing, one below the other, as a single piece of text: Ink spends most of its time per character and piece. */
function Lines({ lines, look }: { readonly lines: readonly Line[]; readonly look: TerminalLook }): ReactNode {
  return <Text>{lines.map((line) => paintLine(line, look)).join('\n')}</Text>;
}

function Page({ size, look, draw }: PageProps & { readonly draw: (canvas: Canvas) => void }): ReactNode {
  const canvas = Canvas.create(size.columns, frameRows(size).body);
  draw(canvas.region(1, 0, size.columns - 2, canvas.height));
  return <Lines lines={canvas.lines()} look={look} />;
}

/** Course of the search. */
function ProgressPage(props: PageProps): ReactNode {
  return <Page {...props} draw={(canvas) => drawProgressPage(canvas, props.view)} />;
}

/** The best accelerator. */
function AcceleratorPage(props: PageProps): ReactNode {
  return <Page {...props} draw={(canvas) => drawAcceleratorPage(canvas, props.view)} />;
}

/** The layers of the best design and their mappings. */
function LayersPage(props: PageProps): ReactNode {
  return <Page {...props} draw={(canvas) => drawLayersPage(canvas, props.view, props.ui)} />;
}

/** The trade-offs met so far. */
function ParetoPage(props: PageProps): ReactNode {
  return <Page {...props} draw={(canvas) => drawParetoPage(canvas, props.view, props.ui)} />;
}

/** Log of the run. */
function LogPage(props: PageProps): ReactNode {
  return <Page {...props} draw={(canvas) => drawLogPage(canvas, props.view, props.ui)} />;
}

/** What stays on chip between the layers of the networks. */
function NetworkPage(props: PageProps): ReactNode {
  return <Page {...props} draw={(canvas) => drawNetworkPage(canvas, props.view, props.ui)} />;
}

const PAGE_COMPONENTS: Readonly<Record<PageName, (props: PageProps) => ReactNode>> = {
  Progress: ProgressPage,
  Accelerator: AcceleratorPage,
  Layers: LayersPage,
  Pareto: ParetoPage,
  Log: LogPage,
  Network: NetworkPage,
};

/** Everything that the live view shows, as a function of its properties. */
export interface LiveFrameProps extends PageProps {
  readonly controls: Controls;
  /** Whether the terminal sends keys. */
  readonly takesKeys: boolean;
  readonly onKey: (key: Key) => void;
  /** Called when Ink takes the view down, whatever the reason. */
  readonly onGone: () => void;
}

/** The whole screen: header, page, footer. */
export function LiveFrame({ controls, takesKeys, onKey, onGone, ...page }: LiveFrameProps): ReactNode {
  const { view, ui, size, look } = page;
  useInput(
    (input, key) => {
      for (const pressed of keyOf(input, key)) onKey(pressed);
    },
    { isActive: takesKeys },
  );
  // Once, when the view goes: the callback is the same throughout.
  useEffect(() => onGone, [onGone]);
  const Current = PAGE_COMPONENTS[openPage(ui, view)];
  return (
    <Box flexDirection="column" width={size.columns} height={size.rows}>
      <Lines lines={headerLines(size, view, ui)} look={look} />
      {ui.helpOpen ? (
        <Page {...page} draw={(canvas) => drawHelpPage(canvas, controls, pagesOf(view).length)} />
      ) : (
        <Current {...page} />
      )}
      <Lines lines={footerLines(size, view, ui, controls)} look={look} />
    </Box>
  );
}
