import Foundation

/// An explicit graph of double-precision scalars, in the order of their computation: the unfolded
/// network in the plainest form there is. One sweep backwards gives all derivatives.
final class Graph {
  private var values: [Double] = []
  private var firstEdge: [Int] = [0]
  private var edges: [(from: Int, slope: Double)] = []

  /// A number of the graph.
  struct Node {
    fileprivate let graph: Graph
    fileprivate let index: Int
    var value: Double { graph.values[index] }
  }

  /// A number that depends on nothing.
  func leaf(_ value: Double) -> Node { node(value, []) }

  /// Numbers that depend on nothing.
  func leaves(_ values: [Double]) -> [Node] { values.map { leaf($0) } }

  /// A number and its derivatives with respect to those that it depends on.
  func node(_ value: Double, _ slopes: [(Node, Double)]) -> Node {
    values.append(value)
    edges += slopes.map { (from: $0.0.index, slope: $0.1) }
    firstEdge.append(edges.count)
    return Node(graph: self, index: values.count - 1)
  }

  /// Σ a·b.
  func dot(_ a: ArraySlice<Node>, _ b: [Node]) -> Node {
    precondition(a.count == b.count, "\(a.count) numbers times \(b.count)")
    let value = zip(a, b).reduce(0) { $0 + $1.0.value * $1.1.value }
    return node(value, zip(a, b).flatMap { [($0, $1.value), ($1, $0.value)] })
  }

  /// The sum of some numbers.
  func sum(_ terms: [Node]) -> Node {
    node(terms.reduce(0) { $0 + $1.value }, terms.map { ($0, 1) })
  }

  /// The derivative of `result` with respect to every number of the graph.
  func derivatives(of result: Node) -> Derivatives {
    var slopes = [Double](repeating: 0, count: values.count)
    slopes[result.index] = 1
    for index in values.indices.reversed() where slopes[index] != 0 {
      for edge in edges[firstEdge[index]..<firstEdge[index + 1]] {
        slopes[edge.from] += slopes[index] * edge.slope
      }
    }
    return Derivatives(slopes: slopes)
  }

  struct Derivatives {
    fileprivate let slopes: [Double]
    subscript(node: Node) -> Double { slopes[node.index] }
  }
}

extension Graph.Node {
  static func + (a: Self, b: Self) -> Self {
    a.graph.node(a.value + b.value, [(a, 1), (b, 1)])
  }

  static func * (a: Self, b: Self) -> Self {
    a.graph.node(a.value * b.value, [(a, b.value), (b, a.value)])
  }

  static func * (a: Double, b: Self) -> Self { b.graph.node(a * b.value, [(b, a)]) }

  static func - (a: Double, b: Self) -> Self { b.graph.node(a - b.value, [(b, -1)]) }

  static func - (a: Self, b: Double) -> Self { a.graph.node(a.value - b, [(a, 1)]) }

  /// A function of this number, given its value here and its slope.
  private func function(_ value: Double, slope: Double) -> Self {
    graph.node(value, [(self, slope)])
  }

  var hyperbolicTangent: Self { function(tanh(value), slope: 1 / (cosh(value) * cosh(value))) }

  var logistic: Self {
    function(1 / (1 + exp(-value)), slope: 1 / (2 + exp(value) + exp(-value)))
  }

  var rectified: Self { function(max(value, 0), slope: value > 0 ? 1 : 0) }

  var exponential: Self { function(exp(value), slope: exp(value)) }

  var logarithm: Self { function(log(value), slope: 1 / value) }
}
