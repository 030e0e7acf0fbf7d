/** What a file is that is no ONNX model, and what to do about it. */
export interface FileKind {
  readonly kind: string;
  readonly hint: string;
}

const UNPACK = 'unpack it and give the .onnx file in it';
const EXPORT = 'export the model to ONNX: torch.onnx.export of PyTorch, tf2onnx of TensorFlow';

/** Kinds of files by the bytes with which they begin, or that stand at an offset; the first that fits says what a file is. */
const KINDS: readonly (readonly [bytes: string, kind: string, hint: string, offset?: number])[] = [
  ['version https://git-lfs', 'a pointer of Git LFS', 'fetch the file that it stands for with git lfs pull'],
  ['\x1f\x8b', 'a gzip archive', UNPACK],
  ['\xfd7zXZ', 'an xz archive', UNPACK],
  ['BZh', 'a bzip2 archive', UNPACK],
  ['\x28\xb5\x2f\xfd', 'a Zstandard archive', UNPACK],
  ['7z\xbc\xaf', 'a 7z archive', UNPACK],
  ['ustar', 'a tar archive', UNPACK, 257],
  ['PK', 'a zip archive', `${UNPACK}; what PyTorch saves is a zip archive too: torch.onnx.export writes ONNX`],
  ['TFL3', 'a model of TensorFlow Lite', EXPORT, 4],
  ['ORTM', 'a model in the format of ONNX Runtime', 'give the .onnx file from which it was made', 4],
  ['GGUF', 'a GGUF file, which has weights without a graph', EXPORT],
  ['\x89HDF', 'an HDF5 file of Keras', EXPORT],
  ['\x93NUMPY', 'an array of NumPy', EXPORT],
  ['\x80\x02', 'a pickle of Python, as old versions of PyTorch save', EXPORT],
  ['{"', 'a safetensors file, which has weights without a graph', EXPORT, 8],
  ['<?xml', 'XML text, as OpenVINO writes', EXPORT],
];

/** The first bytes of a file that its kind shows in. */
export const KIND_BYTES = 320;

/** What a file is by its first bytes; undefined for what may be a model. */
export function foreignKind(start: Uint8Array): FileKind | undefined {
  const text = Array.from(start, (byte) => String.fromCharCode(byte)).join('');
  const known = KINDS.find(([bytes, , , offset = 0]) => text.startsWith(bytes, offset));
  if (known !== undefined) return { kind: known[1], hint: known[2] };
  if (/^(?:\xfe\xff|\xff\xfe)/.test(text) || /^[\t\n\r\x20-\x7e\x80-\xff]*$/.test(text)) return textKind(text);
  return undefined;
}

function textKind(text: string): FileKind {
  return /^\s*(?:ir_version|producer_name|graph|opset_import)\s*[:{]/m.test(text)
    ? {
        kind: 'a model as text of protobuf',
        hint: 'write it in the binary format: onnx.save of a model read with onnx.load(..., format="textproto")',
      }
    : {
        kind: 'text',
        hint: 'an .onnx file holds one ModelProto in the binary format of protobuf; a workload file has a name that ends in .yaml',
      };
}
