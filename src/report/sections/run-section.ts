import { siText } from '../../util/quantity-text.ts';
import { durationText, numberText } from '../number-text.ts';
import { figure, numberFigure } from '../page/figure.ts';
import { type Hole, html, type Markup } from '../page/html.ts';
import type { ReportModel } from '../report-model.ts';

/** Settings of the run, and the command that repeats it. */
export function reproduceSection(model: ReportModel): Markup {
  const { started, input } = model;
  const facts: [string, Hole][] = [
    ['Run', started.name],
    ['Command', started.command],
    ['Strategy', started.strategy],
    ['Objective', started.objective],
    ['Seed', figure(started.seed, String(started.seed))],
    ['Version', input.version],
    ...(started.networks.length === 0
      ? []
      : [['Networks', started.networks.map(networkText).join('; ')] as [string, Hole]]),
  ];
  if (started.space !== undefined) {
    const { title, size, accuracySource, floorPercent } = started.space;
    facts.push(['Space', `${title}, ${numberText(size)} networks`], ['Accuracy by', accuracySource]);
    if (floorPercent !== null) facts.push(['Least top-1', `${floorPercent} %`]);
  }
  if (started.accelerator !== undefined) facts.push(['Accelerator', started.accelerator]);
  if (started.budget !== undefined) facts.push(['Budget', started.budget.name]);
  if (started.technology !== undefined) facts.push(['Technology', started.technology]);
  if (started.populationSize !== undefined) facts.push(['Population', numberFigure(started.populationSize)]);
  if (started.generations !== undefined) facts.push(['Generations', numberFigure(started.generations)]);
  facts.push(['Ended by', model.reason ?? 'not ended']);
  if (model.elapsedSeconds !== null)
    facts.push(['Time', figure(model.elapsedSeconds, durationText(model.elapsedSeconds))]);
  return html`<section id="reproduce"><h2>Reproduce</h2>
<p>The same version with this command and configuration gives the same result, whatever the number of workers.</p>
<pre class="command">${input.commandLine}</pre>
<dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
<details open><summary>Configuration</summary><pre>${configurationText(input.configuration)}</pre></details></section>`;
}

/** A configuration as indented JSON with its keys in their order. */
export function configurationText(configuration: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(configuration, null, 2);
}

function networkText({ name, layers, macs, parameters }: ReportModel['started']['networks'][number]): string {
  return `${name} (${numberText(layers)} layers, ${siText(macs, '')} MACs, ${siText(parameters, '')} parameters)`;
}
