extension RunDifference {
  /// The settings that differ, then how far metrics and checkpoints are the same.
  package var text: String {
    let runs = Tables.aligned([
      ("left", "\(left): \(Self.words(metrics.leftSteps))"),
      ("right", "\(right): \(Self.words(metrics.rightSteps))"),
    ])
    let rows = settings.map { [$0.name, Self.short($0.left), Self.short($0.right)] }
    let hints =
      rows.isEmpty
      ? "settings: the same, but for names and paths\n"
      : Tables.columns([["setting", "left", "right"]] + rows)
    return [runs, hints, metrics.text, checkpoints.text].joined(separator: "\n")
  }

  private static func words(_ steps: ClosedRange<Int>?) -> String {
    steps.map { "steps \($0.lowerBound) to \($0.upperBound)" } ?? "no steps in metrics.jsonl"
  }

  /// Hashes are told apart by their first digits.
  fileprivate static func short(_ text: String) -> String {
    text.count == 64 && text.allSatisfy(\.isHexDigit) ? "\(text.prefix(12))…" : text
  }
}

extension MetricsDifference {
  fileprivate var text: String {
    guard commonSteps > 0 else { return "metrics.jsonl: the runs have no step in common\n" }
    let hashes =
      lastEqualHashStep.map { "the parameters' hashes are the same up to step \($0)\n" }
      ?? "no hash of both is the same (training.hash_every makes hashes)\n"
    return parting + hashes + ends
  }

  /// Where the lines part.
  private var parting: String {
    guard let first else {
      return "metrics.jsonl: nothing differs in the \(commonSteps) steps that both have\n"
    }
    let before = lastEqualStep.map { "step \($0) the last that does not" } ?? "no step is before it"
    let rows = zip(first.left.texts, first.right.texts)
      .filter { own, _ in first.differing.contains(own.name) }
      .map { own, other in
        [own.name, RunDifference.short(own.text ?? ""), RunDifference.short(other.text ?? "")]
      }
    return "metrics.jsonl: step \(first.step) is the first that differs, \(before)\n"
      + Tables.columns([["figure", "left", "right"]] + rows)
  }

  /// That one run is shorter than the other.
  private var ends: String {
    guard let left = leftSteps?.upperBound, let right = rightSteps?.upperBound, left != right
    else { return "" }
    return left < right
      ? "left ends at step \(left), right goes on to \(right)\n"
      : "right ends at step \(right), left goes on to \(left)\n"
  }
}

extension CheckpointDifference {
  fileprivate var text: String {
    parting + skipped.map { "passed over a checkpoint that is not whole: \($0)\n" }.joined()
  }

  private var parting: String {
    let steps = equalSteps.map(String.init).joined(separator: ", ")
    guard let first else {
      return equalSteps.isEmpty
        ? "checkpoints: the runs have none of the same step\n"
        : "checkpoints: nothing differs in those of step \(steps)\n"
    }
    let before = equalSteps.isEmpty ? "" : "; nothing does in those of step \(steps)"
    return "checkpoints: that of step \(first.step) is the first that differs\(before)\n"
      + first.text
  }
}

extension TensorDifference {
  fileprivate var text: String {
    guard let elements else {
      let shapes = [leftShape, rightShape].map { $0.map { "\($0)" } ?? "missing" }
      return "\(file), \(tensor): left \(shapes[0]), right \(shapes[1])\n"
    }
    let place = elements.index.map(String.init).joined(separator: ", ")
    return Tables.aligned([
      ("file", file), ("tensor", "\(tensor)[\(place)]"), ("left", "\(elements.left)"),
      ("right", "\(elements.right)"),
      ("differing", "\(elements.differing) of \(elements.count) elements"),
      ("largest difference", "\(elements.largest)"),
    ])
  }
}
