import SequenceData

/// A target as the data have it: value = center + scale · what the model sees.
package struct MeasuredTarget: Sendable, Equatable {
  /// Its column's name; no two targets have the same.
  package let name: String
  /// In the data's units.
  package let center: Double
  /// In the data's units.
  package let scale: Double

  /// A target of this name and these units.
  package init(name: String, center: Double = 0, scale: Double = 1) {
    self.name = name
    self.center = center
    self.scale = scale
  }
}

extension DataDescription {
  /// The targets of a model of values; empty where it predicts classes or labels.
  var measuredTargets: [MeasuredTarget] {
    guard case .values(let width) = targetKind else { return [] }
    let targets = (0..<width).map { index in
      guard let column = columns?.targets[index] else {
        return MeasuredTarget(name: "target_\(index + 1)")
      }
      return MeasuredTarget(name: column.title, center: column.center, scale: column.scale)
    }
    // Two columns of a file may be called alike; in JSON one of them would be lost.
    var taken: Set<String> = []
    return targets.map { target in
      var name = target.name
      while !taken.insert(name).inserted { name += "_" }
      return MeasuredTarget(name: name, center: target.center, scale: target.scale)
    }
  }
}
