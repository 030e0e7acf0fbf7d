import type { ReportModel } from '../report-model.ts';

/** The folders of two runs, as short as tells them apart: their last names, or the whole paths where these are equal. */
export function runNames(a: ReportModel, b: ReportModel): readonly [string, string] {
  const [pathA, pathB] = [a.input.folder, b.input.folder];
  const last = (path: string) =>
    path
      .split(/[\\/]/)
      .filter((name) => name !== '')
      .at(-1) ?? path;
  return last(pathA) === last(pathB) ? [pathA, pathB] : [last(pathA), last(pathB)];
}

/** The networks of a run in words; one that a co-search found is told from others of its space by its accuracy and size elsewhere. */
export function networksText({ networks, started }: ReportModel): string {
  const names = networks.filter(({ result }) => result !== null).map(({ network }) => network);
  return (names.length > 0 ? names : started.networks.map(({ name }) => name)).join(', ');
}
