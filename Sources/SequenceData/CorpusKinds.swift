/// What a model reads at each time step.
package enum InputKind: Sendable, Equatable, Codable {
  /// One symbol number in `0..<count`, to be embedded.
  case symbols(count: Int)
  /// A vector of `width` numbers.
  case vectors(width: Int)
}

/// What a model is to predict at each counted time step.
package enum TargetKind: Sendable, Equatable, Codable {
  /// One of `count` classes: softmax and cross-entropy.
  case classes(count: Int)
  /// `width` real values: squared error.
  case values(width: Int)
  /// `count` independent yes-or-no labels, each 0 or 1: binary cross-entropy.
  case labels(count: Int)
}

/// How the targets of a file of sequences are to be read. The file alone cannot tell (`[1, 2]` may
/// be a vector or a list of labels), the loss does.
package enum TargetInterpretation: String, Sendable, Equatable, Codable {
  /// A target is one class number (cross-entropy).
  case classes
  /// A target is a vector, or one number for a vector of width 1 (mean squared error).
  case values
  /// A target is the list of the labels that hold, such as `[1, 4]` (binary cross-entropy).
  case labels
}

extension InputKind {
  /// Whether its size is one that data can have: symbol numbers fit 32 bits.
  package var isSound: Bool {
    switch self {
    case .symbols(let count): soundCounts.contains(count)
    case .vectors(let width): soundWidths.contains(width)
    }
  }

  /// What it is, for messages.
  package var words: String {
    switch self {
    case .symbols(let count): "symbols 0 to \(count - 1)"
    case .vectors(let width): "vectors of width \(width)"
    }
  }
}

extension TargetKind {
  /// Whether its size is one that data can have: class numbers fit 32 bits.
  package var isSound: Bool {
    switch self {
    case .classes(let count): soundCounts.contains(count)
    case .values(let width), .labels(let width): soundWidths.contains(width)
    }
  }

  /// How such targets are read from a file.
  package var interpretation: TargetInterpretation {
    switch self {
    case .classes: .classes
    case .values: .values
    case .labels: .labels
    }
  }

  /// What it is, for messages.
  package var words: String {
    switch self {
    case .classes(let count): "classes 0 to \(count - 1)"
    case .values(let width): "vectors of width \(width)"
    case .labels(let count): "labels 0 to \(count - 1)"
    }
  }
}

private let soundCounts = 1...Int(Int32.max) + 1
private let soundWidths = 1...1 << 28
