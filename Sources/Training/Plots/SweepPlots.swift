/// The picture of a sweep, as a script for gnuplot: a panel for each key that varies, with the best
/// validation of every trial, and a line through the medians of those with one value.
package struct SweepPlots {
  private let table: TrialTable
  /// Those that have a best validation.
  private let trials: [(values: [String], measure: Double)]

  private static let width = 960
  private static let heightOfPanel = 330
  /// More values than these have marks at round numbers instead of their own.
  private static let mostMarks = 12

  /// - Parameter table: the sweep's trials.
  /// - Throws: `TrainingError.unsuitable` if none of them has a best validation.
  package init(_ table: TrialTable) throws(TrainingError) {
    self.table = table
    trials = table.trials.compactMap { trial in
      trial.measure.map { (values: trial.values, measure: $0) }
    }
    guard !trials.isEmpty else {
      throw .unsuitable(
        "\(table.path): has no trial with a validation to plot; wait until one has ended")
    }
  }

  /// Draws.
  ///
  /// - Parameters:
  ///   - gnuplot: what draws.
  ///   - isPNG: whether the picture is to be a PNG rather than an SVG.
  ///   - log: a file to which messages are appended.
  /// - Returns: the file's content.
  /// - Throws: `Gnuplot.Failure`, `FileError` of the log, `ChildProcess.Interrupted`.
  package func picture(_ gnuplot: Gnuplot, isPNG: Bool, errorsTo log: String) throws -> [UInt8] {
    try gnuplot.picture(script(isPNG ? .png : .svg), errorsTo: log)
  }

  /// The script.
  func script(_ terminal: PlotScript.Terminal) -> String {
    let height = Self.heightOfPanel * table.keys.count
    return PlotScript.start(terminal, width: Self.width, height: height, name: "sweep")
      + """
      set lmargin 11
      set rmargin 16
      set multiplot layout \(table.keys.count),1

      """
      + table.keys.indices.map(panel).joined() + "unset multiplot\n"
  }

  private func panel(_ key: Int) -> String {
    let axis = SweepAxis(trials.map { $0.values[key] })
    let points = zip(axis.places, trials).map { (place: $0, measure: $1.measure) }
    let medians = Dictionary(grouping: points, by: \.place).sorted { $0.key < $1.key }
      .map { (place: $0.key, measure: Spread($0.value.map(\.measure)).median) }
    let blocks = [
      PlotScript.block("trials\(key)", points.map { "\($0.place) \($0.measure)" }),
      PlotScript.block("medians\(key)", medians.map { "\($0.place) \($0.measure)" }),
    ]
    let axes = PlotScript.upwards(LogScale(trials.map(\.measure))) + rightwards(axis)
    return blocks.joined() + axes
      + """
      set title \(PlotScript.quoted("\(table.measureName) by \(table.keys[key])"))
      set xlabel \(PlotScript.quoted(table.keys[key]))
      plot $trials\(key) using 1:2 with points pointtype 7 pointsize 0.6 \
      linecolor rgb "\(PlotScript.blue)" title 'trials', \
      $medians\(key) using 1:2 with lines linewidth 2 \
      linecolor rgb "\(PlotScript.yellow)" title 'median'

      """
  }

  /// The axis that points to the right.
  private func rightwards(_ axis: SweepAxis) -> String {
    let own = axis.marks.map { "\(PlotScript.quoted($0.text)) \($0.place)" }
    let hasOwn = axis.isOfWords || own.count <= Self.mostMarks
    let marks = hasOwn ? "(\(own.joined(separator: ", ")))" : "autofreq"
    return """
      \(axis.isLogarithmic ? "set" : "unset") logscale x
      set xrange [\(axis.range.lowerBound):\(axis.range.upperBound)]
      set xtics nomirror \(marks)

      """
  }
}

/// Where the values of a key lie: numbers by their size, words side by side in the order in which they come.
private struct SweepAxis {
  /// Where each trial lies.
  let places: [Double]  // [trials]
  /// What is written at which place.
  let marks: [(text: String, place: Double)]
  /// Whether the values are words.
  let isOfWords: Bool
  /// Whether it goes by powers of ten.
  let isLogarithmic: Bool
  /// Where it begins and ends.
  let range: ClosedRange<Double>

  /// - Parameter values: of each trial, at least one.
  init(_ values: [String]) {
    let numbers = values.compactMap { Double($0) }.filter(\.isFinite)
    isOfWords = numbers.count < values.count
    guard !isOfWords else {
      var order: [String: Double] = [:]
      places = values.map { value in
        let place = order[value] ?? Double(order.count)
        order[value] = place
        return place
      }
      marks = order.sorted { $0.value < $1.value }.map { (text: $0.key, place: $0.value) }
      isLogarithmic = false
      range = -0.5...Double(order.count) - 0.5
      return
    }
    places = numbers
    let texts = Dictionary(zip(numbers, values)) { first, _ in first }
    marks = texts.sorted { $0.key < $1.key }.map { (text: $0.value, place: $0.key) }
    // Seeds and sizes that are near one another stand evenly.
    let isWide = (numbers.max() ?? 0) >= 20 * (numbers.min() ?? 0)
    let scale = isWide ? LogScale(numbers) : nil
    isLogarithmic = scale != nil
    let (lowest, highest) = (numbers.min() ?? 0, numbers.max() ?? 0)
    let room = lowest < highest ? 0.05 * (highest - lowest) : max(0.1 * abs(lowest), 0.5)
    range = scale?.range ?? lowest - room...highest + room
  }
}
