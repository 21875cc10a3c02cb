/// A column of a series as a model sees it: (value − center) / scale.
package struct SeriesColumn: Sendable, Equatable, Codable {
  /// Its name; its number from 1 where the file has no names.
  package let name: String
  /// What is taken away, in the data's units.
  package let center: Double
  /// What it is divided by, in the data's units; above 0.
  package let scale: Double

  /// The training part's mean, in the data's units; stands for what is missing.
  package let mean: Double

  /// A column and how it becomes what the model sees.
  ///
  /// - Parameters:
  ///   - name: its name, or its number.
  ///   - center: what is taken away.
  ///   - scale: what it is divided by.
  ///   - mean: the training part's; the center if nil.
  package init(name: String, center: Double = 0, scale: Double = 1, mean: Double? = nil) {
    self.name = name
    self.center = center
    self.scale = scale
    self.mean = mean ?? center
  }

  /// A value as the model sees it.
  package func normalize(_ value: Double) -> Float { Float((value - center) / scale) }

  /// What the model says, in the data's units.
  package func restore(_ value: Float) -> Double { Double(value) * scale + center }

  /// The name for people: `column_2` where the file has none.
  package var title: String { Int(name) == nil ? name : "column_\(name)" }
}

/// What a model of series remembers of its columns; kept in every checkpoint.
package struct SeriesColumns: Sendable, Equatable, Codable {
  /// What is read at a time step.
  package var inputs: [SeriesColumn]
  /// What is predicted.
  package var targets: [SeriesColumn]
  /// The constants of a sequence that stand beside its inputs.
  package var attributes: [SeriesColumn] = []
  /// Time steps per second, where the files say so.
  package var sampleRate: Double?
  /// σ of each target of each training sequence, in the model's units, where the loss asks for it.
  package var deviations: [String: [Double]]?
  /// The same over all training sequences together: for those that were not trained on.
  package var commonDeviations: [Double]?

  /// Columns that are read and predicted.
  package init(inputs: [SeriesColumn], targets: [SeriesColumn]) {
    self.inputs = inputs
    self.targets = targets
  }

  /// Whether what is read is what is predicted, so that a model can go on by itself.
  package var isSelfPredicting: Bool { inputs == targets && attributes.isEmpty }

  /// Whether all numbers can be computed with.
  package var isSound: Bool {
    !inputs.isEmpty && !targets.isEmpty
      && (inputs + targets + attributes).allSatisfy {
        $0.center.isFinite && $0.scale.isFinite && $0.scale > 0 && $0.mean.isFinite
      }
      && (Array((deviations ?? [:]).values) + [commonDeviations].compactMap { $0 }).allSatisfy {
        $0.count == targets.count && $0.allSatisfy { $0.isFinite && $0 >= 0 }
      }
  }
}
