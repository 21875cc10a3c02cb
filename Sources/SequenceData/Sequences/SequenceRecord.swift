/// One line of a file of sequences, read as the corpus' loss demands.
package struct SequenceRecord {
  /// What a user calls a sequence.
  package enum Identifier: Encodable, Equatable {
    case number(Int)
    case text(String)

    package func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .number(let number): try container.encode(number)
      case .text(let text): try container.encode(text)
      }
    }
  }

  package enum Inputs {
    case symbols([Int32])  // [elements]
    case vectors([Float], width: Int)  // [elements, I]

    /// The number of inputs.
    package var count: Int {
      switch self {
      case .symbols(let symbols): symbols.count
      case .vectors(let values, let width): values.count / width
      }
    }
  }

  enum Target {
    case classNumber(Int32)
    case values([Float])  // [O]
    case labels([Int32])
  }

  enum Targets {
    /// The next input; the last input has none.
    case nextInput
    /// None that counts.
    case uncounted
    /// One target, for the last time step.
    case last(Target)
    /// A target for each time step; nil where the time step does not count.
    case perStep([Target?])  // [T]
  }

  /// The line's `id`, which only predictions give back.
  package let identifier: Identifier?
  package let inputs: Inputs
  let targets: Targets

  /// The time steps, T.
  var timeSteps: Int {
    if case .nextInput = targets { inputs.count - 1 } else { inputs.count }
  }
}
