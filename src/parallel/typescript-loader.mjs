// Preloaded by worker threads in a checkout: lets them import TypeScript, `import()` included. Not part of the package.
import { register } from 'tsx/esm/api';

register();
