/// Where each parameter lies in a flat arena; parameters, gradients and moments share it.
///
/// Parameters start on cache lines. The gaps hold zeros for ever: their gradients are zero.
public struct ParameterLayout: Sendable, Equatable {
  /// One named tensor inside a flat arena.
  public struct Parameter: Sendable, Equatable {
    /// PyTorch's name, for example `rnn.weight_ih_l0`.
    public let name: String
    /// The axes' sizes, row-major.
    public let shape: [Int]
    /// The first element's place in the arena, in floats.
    public let offset: Int
    /// The number of elements.
    public let count: Int

    /// The elements' places in the arena.
    package var range: Range<Int> { offset..<offset + count }
  }

  /// All parameters in the order of the arena.
  public private(set) var parameters: [Parameter] = []
  /// The arena's size in floats.
  public private(set) var count = 0

  /// An empty layout.
  package init() {}

  /// Appends a parameter and returns it.
  @discardableResult
  package mutating func append(_ name: String, shape: [Int]) -> Parameter {
    precondition(self[name] == nil, "parameter \(name) is laid out twice")
    let size = shape.reduce(1, *)
    let parameter = Parameter(name: name, shape: shape, offset: count, count: size)
    parameters.append(parameter)
    count += CacheLine.padded(size)
    return parameter
  }

  /// The parameter of that name.
  public subscript(name: String) -> Parameter? { parameters.first { $0.name == name } }

  /// The number of trained numbers, without the gaps.
  public var elementCount: Int { parameters.reduce(0) { $0 + $1.count } }
}
