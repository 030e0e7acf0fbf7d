import type { GraphNode } from '../graph/graph-node.ts';
import type { GraphMessage } from '../messages/graph-message.ts';
import { operatorOf } from '../operators/operator-table.ts';

/** A branch of an `If`, by the name of its attribute. */
interface Branch {
  readonly name: string;
  readonly graph: GraphMessage;
}

/** Both branches of an `If`: the one with more layers first, of as many that with more nodes, else `then_branch`. */
export function likelierBranches({ attributes }: GraphNode): readonly Branch[] {
  return ['then_branch', 'else_branch']
    .flatMap((name) => {
      const value = attributes.get(name);
      return value?.type === 'graph' ? [{ name, graph: value.graph, size: sizeOf(value.graph) }] : [];
    })
    .sort((a, b) => b.size.layers - a.size.layers || b.size.nodes - a.size.nodes);
}

function sizeOf({ nodes }: GraphMessage): { layers: number; nodes: number } {
  const size = { layers: 0, nodes: nodes.length };
  for (const { domain, opType, attributes } of nodes) {
    if (operatorOf(domain, opType)?.family === 'mac') size.layers++;
    for (const value of attributes.values()) {
      if (value.type !== 'graph') continue;
      const inner = sizeOf(value.graph);
      size.layers += inner.layers;
      size.nodes += inner.nodes;
    }
  }
  return size;
}
