/// The files of a part of the data: paths, folders and patterns.
package struct SeriesPaths: Sendable, Equatable {
  /// Files with inputs and targets, or with inputs only where `targets` are given.
  package let paths: [String]
  /// Files with the targets of each of `paths`; empty where both are in one file.
  package let targets: [String]

  /// Files, by their paths.
  package init(_ paths: [String], targets: [String] = []) {
    self.paths = paths
    self.targets = targets
  }

  /// What messages call them.
  var words: String { (paths + targets).joined(separator: ", ") }
}

/// What of a series' files is wanted, and how it is held out and normalised.
package struct SeriesRequest: Sendable {
  /// What a part of the training files is held out by.
  package enum HoldOut: String, Sendable {
    /// The last time steps of each sequence.
    case time
    /// The last sequences.
    case sequences
  }

  /// The training files.
  package var training: SeriesPaths
  /// The validation files; nil holds out a part of the training files.
  package var validation: SeriesPaths?
  /// What is measured once at the end.
  package var test: SeriesPaths?
  /// The share of the training files that is held out.
  package var validationFraction = 0.0
  /// What it is a share of.
  package var holdOut = HoldOut.time
  /// Sequences to be held out, by name, in place of a share.
  package var validationSequences: [String] = []
  /// The table of the sequences' constants.
  package var attributes: String?
  /// How columns are normalised.
  package var normalize = ColumnStatistics.Normalize.standard
  /// Whether the delay between inputs and targets is taken out.
  package var aligns = false
  /// Whether files without the columns of the targets will do.
  package var targetsMayBeMissing = false
  /// How rows are read.
  package var task = SeriesTask()

  /// Training files, whose next rows are predicted.
  package init(training: SeriesPaths) { self.training = training }
}
