/** What a file is that is neither text nor what was wanted. */
export interface KnownContent {
  /** With its article: `a zip archive`. */
  readonly text: string;
  readonly hint: string;
}

const TORCH = "export the model to ONNX: torch.onnx.export(model, example_input, 'model.onnx')";
const KERAS = 'convert the model to ONNX, e.g. with tf2onnx';
const WEIGHTS_ALONE = 'it holds weights, not how they are used: export the model that reads them to ONNX';
const UNPACK = 'unpack it; ONNX models are read from files NAME.onnx';

/** Bytes of a file that {@link knownContent} looks at. */
export const LOOKED_AT_BYTES = 320;

/** First bytes of files by which they are known, and where these bytes stand. */
const SIGNATURES: readonly (readonly [offset: number, bytes: string, KnownContent])[] = [
  [0, '\x89HDF', { text: 'an HDF5 file, as Keras saves models', hint: KERAS }],
  [4, 'TFL3', { text: 'a TensorFlow Lite model', hint: KERAS }],
  [4, 'ORTM', { text: 'a model in the format of ONNX Runtime', hint: 'give the .onnx file that it was made of' }],
  [0, 'GGUF', { text: 'a GGUF file', hint: WEIGHTS_ALONE }],
  // The length of a header in eight bytes, and the header.
  [5, '\0\0\0{"', { text: 'a safetensors file', hint: WEIGHTS_ALONE }],
  [0, '\x80\x02', { text: 'a Python pickle, as PyTorch saves models', hint: TORCH }],
  [0, '\x80\x03', { text: 'a Python pickle', hint: TORCH }],
  [0, '\x80\x04', { text: 'a Python pickle', hint: TORCH }],
  [0, '\x80\x05', { text: 'a Python pickle', hint: TORCH }],
  [0, '\x93NUMPY', { text: 'an array of NumPy', hint: WEIGHTS_ALONE }],
  [0, '\x1f\x8b', { text: 'a gzip archive', hint: UNPACK }],
  [0, '\xfd7zXZ', { text: 'an xz archive', hint: UNPACK }],
  [0, '\x28\xb5\x2f\xfd', { text: 'a Zstandard archive', hint: UNPACK }],
  [0, '7z\xbc\xaf', { text: 'a 7z archive', hint: UNPACK }],
  [257, 'ustar', { text: 'a tar archive', hint: UNPACK }],
];

/** What a file that is no text begins as, by its first {@link LOOKED_AT_BYTES}; null where nothing is known. */
export function knownContent(start: Uint8Array): KnownContent | null {
  const text = String.fromCharCode(...start.subarray(0, LOOKED_AT_BYTES));
  if (beginsAsOnnx(start)) return null;
  if (text.startsWith('PK')) return zipContent(text);
  return SIGNATURES.find(([offset, bytes]) => text.startsWith(bytes, offset))?.[2] ?? null;
}

/** The first file of an archive says who wrote it. */
function zipContent(text: string): KnownContent {
  if (text.includes('data.pkl') || text.includes('/version') || text.includes('.format_version'))
    return { text: 'a PyTorch file (a zip archive)', hint: TORCH };
  if (text.includes('metadata.json')) return { text: 'a Keras file (a zip archive)', hint: KERAS };
  return { text: 'a zip archive', hint: UNPACK };
}

/** What stands in the place of a model though it is text; null for text of any other kind. */
export function knownText(start: string): KnownContent | null {
  if (start.startsWith('version https://git-lfs'))
    return { text: 'a pointer of Git LFS, not the file', hint: 'fetch the file itself: git lfs pull' };
  if (/^\s*<(!doctype|html)/i.test(start))
    return { text: 'a page of HTML', hint: 'fetch the file itself, not the page that shows it' };
  if (start.startsWith('<?xml')) return { text: 'XML text, as OpenVINO writes', hint: 'give the model in ONNX format' };
  if (/^BZh\d1AY/.test(start)) return { text: 'a bzip2 archive', hint: UNPACK };
  if (/^\s*(?:ir_version\s*:\s*\d|producer_name\s*:\s*"|opset_import\s*\{|graph\s*\{)/.test(start))
    return {
      text: 'a model as text of protobuf',
      hint: "write it in the binary format: onnx.save(onnx.load(path, format='textproto'), 'model.onnx')",
    };
  return null;
}

/** Whether a file begins as ONNX models do: with the version of the format, and the producer, a domain or the graph behind. */
export function beginsAsOnnx(start: Uint8Array): boolean {
  return start[0] === 0x08 && start[1]! >= 3 && start[1]! <= 32 && [0x12, 0x1a, 0x22, 0x3a, 0x42].includes(start[2]!);
}
