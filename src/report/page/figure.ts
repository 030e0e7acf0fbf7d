import { energyText, siText } from '../../util/quantity-text.ts';
import { bytesText, factorText, numberText, percentText } from '../number-text.ts';
import { html, type Markup } from './html.ts';

/** A figure on a page: a text for people, with the exact value behind it for scripts and sorting. */
export function figure(value: number, text: string): Markup {
  return html`<data value="${String(value)}">${text}</data>`;
}

/** A number. */
export function numberFigure(value: number, digits?: number): Markup {
  return figure(value, numberText(value, digits));
}

/** A quantity with an SI prefix. */
export function siFigure(value: number, unit = ''): Markup {
  return figure(value, siText(value, unit));
}

/** A ratio of two figures. */
export function factorFigure(factor: number): Markup {
  return figure(factor, factorText(factor));
}

/** A share in [0, 1]. */
export function percentFigure(share: number): Markup {
  return figure(share, percentText(share));
}

/** An accuracy in percent. */
export function accuracyFigure(percent: number): Markup {
  return figure(percent, `${percent.toFixed(2)} %`);
}

/** Energy in pJ as joules. */
export function energyFigure(energyPj: number): Markup {
  return figure(energyPj, energyText(energyPj));
}

/** Bytes. */
export function bytesFigure(bytes: number): Markup {
  return figure(bytes, bytesText(bytes));
}
