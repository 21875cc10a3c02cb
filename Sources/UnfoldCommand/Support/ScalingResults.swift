import Files
import Unfold

/// The files of `unfold bench scale`.
struct ScalingResults {
  /// Where they are.
  let folder: String

  /// What the processes of the benchmark told.
  var log: String { "\(folder)/scale.log" }
  private var measured: String { "\(folder)/scale.csv" }
  private var predicted: String { "\(folder)/predictions.csv" }
  private var page: String { "\(folder)/scale.html" }

  /// Makes the folder, and the log anew.
  ///
  /// - Throws: `FileError`.
  func begin() throws(FileError) {
    try FileSystem().createFolders(folder)
    try TextFile.write("", to: log)
  }

  /// Writes what was measured before something went wrong.
  ///
  /// - Throws: `FileError`.
  func write(_ measurements: ScalingMeasurements) throws(FileError) {
    try TextFile.write(measurements.csv(), to: measured)
    StandardStream.error("unfold: what was measured until now is in \(measured)\n")
  }

  /// Writes what was measured and what the model predicts.
  ///
  /// - Throws: `FileError`.
  func write(_ report: ScalingReport) throws(FileError) {
    try TextFile.write(report.measurements.csv(report.model), to: measured)
    try TextFile.write(report.predictionsCSV, to: predicted)
  }

  /// Writes the page; without gnuplot there is none, and a line says so.
  ///
  /// - Throws: `FileError`, `Gnuplot.Failure`, `ChildProcess.Interrupted`.
  func draw(_ report: ScalingReport) throws {
    guard let gnuplot = Gnuplot() else {
      StandardStream.error(
        "unfold: no gnuplot, so no page with plots; figures are in \(measured) and \(predicted)\n")
      return
    }
    try TextFile.write(report.html(gnuplot, errorsTo: log), to: page)
    StandardStream.error("unfold: figures are in \(measured) and \(predicted), plots in \(page)\n")
  }
}
