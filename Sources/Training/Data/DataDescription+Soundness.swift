import SequenceData
import Settings

extension DataDescription {
  /// Checks what a file says of a model's data, before anything is sized or indexed by it. Beside a
  /// checkpoint's own hashes this matters for folders that people put together.
  ///
  /// - Throws: `TrainingError.otherArchitecture` naming the file.
  func requireSound(for configuration: Configuration, in folder: String) throws(TrainingError) {
    guard let problem = problem(for: configuration) else { return }
    throw .otherArchitecture(
      path: "\(folder)/\(CheckpointFile.data)",
      problem: "\(problem); copy the file from the model's checkpoint")
  }

  /// What makes no sense; nil if all does.
  private func problem(for configuration: Configuration) -> String? {
    guard inputKind.isSound, targetKind.isSound else {
      return "it gives an input or a target an impossible size"
    }
    guard targetKind.interpretation == configuration.loss.targetInterpretation else {
      return "its targets do not suit loss \(configuration.loss.kind.rawValue)"
    }
    if let kinds = sequenceKinds, kinds.input != inputKind || kinds.target != targetKind {
      return "what it says of sequences and of the model differs"
    }
    return vocabularyProblem(for: configuration) ?? columnsProblem(for: configuration)
  }

  private func vocabularyProblem(for configuration: Configuration) -> String? {
    guard case .text(let text) = configuration.data else { return nil }
    guard let vocabulary else { return "it has no vocabulary" }
    guard vocabulary.unit == text.unit.textUnit else {
      return "its vocabulary is of unit \(vocabulary.unit.rawValue), data.unit is another"
    }
    guard inputKind == .symbols(count: vocabulary.count),
      targetKind == .classes(count: vocabulary.count)
    else { return "its vocabulary has \(vocabulary.count) symbols, its inputs or targets others" }
    return nil
  }

  private func columnsProblem(for configuration: Configuration) -> String? {
    let isOfSeries = [.series, .mackeyGlass].contains(configuration.data.kind)
    guard let columns else { return isOfSeries ? "it does not say of which columns it is" : nil }
    let width = configuration.seriesTask.inputWidth(
      columns: columns.inputs.count, attributes: columns.attributes.count)
    guard inputKind == .vectors(width: width), targetKind == .values(width: columns.targets.count)
    else { return "its numbers of columns differ" }
    guard columns.isSound else {
      return "its columns' centers are not finite, or their scales not above 0"
    }
    return nil
  }
}
