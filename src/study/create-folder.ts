import { TrifoldError } from '../util/errors.ts';
import { createFolders, ioError, NODE_FILES, systemCode } from './file-operations.ts';

/**
 * Creates the folder that a user names with an option, with the ones above it, unless it is there.
 * @throws TrifoldError `usage` where a file has its name, `io` where it cannot be created
 */
export function createNamedFolder(directory: string, option = '--out'): void {
  try {
    createFolders(NODE_FILES, directory);
  } catch (error) {
    if (systemCode(error) === 'ENOENT')
      throw new TrifoldError('io', `cannot create ${directory}: no folder can be created there`, {
        place: { file: directory },
        hint: `choose another folder with ${option}`,
      });
    if (systemCode(error) !== 'EEXIST') throw ioError('create', directory, error);
    throw new TrifoldError('usage', `${directory} is a file, not a folder`, {
      place: { file: directory },
      hint: `choose another folder with ${option}`,
    });
  }
}
