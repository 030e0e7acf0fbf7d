import { siText } from '../../util/quantity-text.ts';
import { durationText, numberText } from '../number-text.ts';
import { factList } from '../page/fact-list.ts';
import { figure, numberFigure } from '../page/figure.ts';
import { html, type Markup } from '../page/html.ts';
import type { ReportModel } from '../report-model.ts';

/** Settings of the run, and the command that repeats it. */
export function reproduceSection(model: ReportModel): Markup {
  const { started, input, elapsedSeconds } = model;
  const { space, networks, populationSize, generations } = started;
  const facts = [
    ['Run', started.name],
    ['Command', started.command],
    ['Strategy', started.strategy],
    ['Objective', started.objective],
    ['Seed', figure(started.seed, String(started.seed))],
    ['Version', input.version],
    ['Networks', networks.length === 0 ? null : networks.map(networkText).join('; ')],
    ['Space', space && `${space.title}, ${numberText(space.size)} networks`],
    ['Accuracy by', space?.accuracySource],
    ['Least top-1', space === undefined || space.floorPercent === null ? null : `${space.floorPercent} %`],
    ['Accelerator', started.accelerator],
    ['Budget', started.budget?.name],
    ['Technology', started.technology],
    ['Population', populationSize === undefined ? null : numberFigure(populationSize)],
    ['Generations', generations === undefined ? null : numberFigure(generations)],
    ['Ended by', model.reason ?? 'not ended'],
    ['Time', elapsedSeconds === null ? null : figure(elapsedSeconds, durationText(elapsedSeconds))],
  ] as const;
  return html`<section id="reproduce"><h2>Reproduce</h2>
<p>The same version with this command and configuration gives the same result, whatever the number of workers.</p>
<pre class="command">${input.commandLine}</pre>
${factList(facts)}
<details open><summary>Configuration</summary><pre>${configurationText(input.configuration)}</pre></details></section>`;
}

/** What the figures of the run leave out; null where it does not say. */
export function limitsSection({ notModelled }: ReportModel): Markup | null {
  if (notModelled.length === 0) return null;
  return html`<section id="limits"><h2>Not in these figures</h2>
<ul class="plain">${notModelled.map((sentence) => html`<li>${sentence}</li>`)}</ul></section>`;
}

/** A configuration as indented JSON with its keys in their order. */
export function configurationText(configuration: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(configuration, null, 2);
}

function networkText({ name, layers, others, macs, parameters }: ReportModel['started']['networks'][number]): string {
  const all = others === undefined ? '' : ` of ${numberText(layers + others.length)}`;
  return `${name} (${numberText(layers)}${all} layers, ${siText(macs, '')} MACs, ${siText(parameters, '')} parameters)`;
}
