/// The picture of one or several runs, as a script for gnuplot: panels from top to bottom, of losses, of
/// the measure beside them, and of predictions.
package struct RunPlots {
  private let curves: [LearningCurve]
  private let predictions: [PredictionCurve]

  private static let width = 960
  private static let heightOfPanel = 330
  /// Two points for each.
  private static let binsOfPrediction = 1000
  /// Longer names of runs do not fit beside a panel.
  private static let longestName = 22

  /// - Parameters:
  ///   - curves: one for each run; none for predictions alone.
  ///   - predictions: one for each target that is to be drawn.
  package init(_ curves: [LearningCurve], predictions: [PredictionCurve] = []) {
    precondition(!curves.isEmpty || !predictions.isEmpty, "nothing to draw")
    self.curves = curves
    self.predictions = predictions
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
    let learning = curves.isEmpty ? [] : [losses] + measures
    let panels = learning + predictions.enumerated().map { panel($0, $1) }
    let height = Self.heightOfPanel * panels.count
    return PlotScript.start(terminal, width: Self.width, height: height, name: "run")
      + """
      set lmargin 11
      set rmargin 28
      set multiplot layout \(panels.count),1

      """
      + panels.joined() + "unset multiplot\n"
  }

  /// - Parameters:
  ///   - title: what it shows.
  ///   - axis: what lies to the right.
  ///   - log: the axis that points up, if it is one by powers of ten.
  ///   - blocks: the data.
  ///   - lines: what is drawn of them.
  private func panel(
    _ title: String, _ axis: String, log: LogScale? = nil, blocks: [String], lines: [String]
  ) -> String {
    blocks.joined() + PlotScript.upwards(log)
      + """
      set title \(PlotScript.quoted(title))
      set xlabel \(PlotScript.quoted(axis))
      plot \(lines.joined(separator: ", "))

      """
  }

  private func colour(_ index: Int) -> String {
    "linecolor rgb \"\(PlotScript.colours[index % PlotScript.colours.count])\""
  }

  private static func shortened(_ name: String) -> String {
    name.count > longestName ? "…\(name.suffix(longestName - 1))" : name
  }
}

// MARK: Learning

extension RunPlots {
  private var losses: String {
    curves.count == 1 ? losses(of: curves[0]) : lossesOfAll
  }

  /// The training loss between its lowest and highest values, and the validation loss.
  private func losses(of curve: LearningCurve) -> String {
    var blocks = [training(0, curve)]
    var lines = ["$training0 using 1:2 with lines linewidth 2 \(colour(0)) title 'training'"]
    var values = curve.training.flatMap { [$0.lowest, $0.highest] }
    if curve.training.contains(where: { $0.lowest < $0.highest }) {
      lines.insert(
        "$training0 using 1:3:4 with filledcurves linecolor rgb \"#c6dbef\" "
          + "title 'training, extremes'", at: 0)
    }
    if !curve.validation.isEmpty {
      blocks.append(PlotScript.block("validation0", curve.validation.map(\.text)))
      lines.append(pointed("validation0", colour(1), "validation"))
      values += curve.validation.map(\.value)
    }
    return panel(
      "\(curve.name): loss", "step", log: LogScale(values), blocks: blocks, lines: lines)
  }

  /// The validation losses, and the training losses in the same colours.
  private var lossesOfAll: String {
    var blocks: [String] = []
    var lines: [String] = []
    var values: [Double] = []
    for (index, curve) in curves.enumerated() {
      let name = Self.shortened(curve.name)
      let line = "$training\(index) using 1:2 with lines \(colour(index))"
      blocks.append(training(index, curve))
      values += curve.training.map(\.mean)
      guard !curve.validation.isEmpty else {
        lines.append("\(line) dashtype 2 title \(PlotScript.quoted(name))")
        continue
      }
      lines.append("\(line) dashtype 2 notitle")
      blocks.append(PlotScript.block("validation\(index)", curve.validation.map(\.text)))
      lines.append(pointed("validation\(index)", colour(index), name))
      values += curve.validation.map(\.value)
    }
    return panel(
      "Loss of validation, dashed of training", "step", log: LogScale(values), blocks: blocks,
      lines: lines)
  }

  private func training(_ index: Int, _ curve: LearningCurve) -> String {
    PlotScript.block(
      "training\(index)",
      curve.training.map { "\($0.step) \($0.mean) \($0.lowest) \($0.highest)" })
  }

  /// The measure beside the loss, of the runs that have the same as the first that has one.
  private var measures: [String] {
    guard let measure = curves.lazy.compactMap(\.measure).first else { return [] }
    let alike = curves.enumerated().filter { $1.measure == measure && !$1.measured.isEmpty }
    let blocks = alike.map { index, curve in
      PlotScript.block("measure\(index)", curve.measured.map(\.text))
    }
    let lines = alike.map { index, curve in
      let isAlone = curves.count == 1
      return pointed(
        "measure\(index)", colour(isAlone ? 1 : index),
        isAlone ? "validation" : Self.shortened(curve.name))
    }
    let values = alike.flatMap { $1.measured.map(\.value) }
    return [
      panel(
        "Validation: \(measure.name)", "step", log: measure.isError ? LogScale(values) : nil,
        blocks: blocks, lines: lines)
    ]
  }

  /// A line with a mark for each of its points.
  private func pointed(_ block: String, _ colour: String, _ title: String) -> String {
    "$\(block) using 1:2 with linespoints linewidth 2 pointtype 7 pointsize 0.4 \(colour) "
      + "title \(PlotScript.quoted(title))"
  }
}

extension LearningCurve.Point {
  fileprivate var text: String { "\(step) \(value)" }
}

// MARK: Predictions

extension RunPlots {
  private func panel(_ index: Int, _ curve: PredictionCurve) -> String {
    var blocks = [
      block("truth\(index)", curve.truth), block("prediction\(index)", curve.prediction),
    ]
    var lines: [String] = []
    if let (lower, upper) = curve.interval {
      let stretches = Thinning.stretches(of: lower.count, bins: Self.binsOfPrediction)
      blocks.append(
        PlotScript.block(
          "interval\(index)",
          stretches.map { stretch in
            "\(stretch.lowerBound) \(lower[stretch].min() ?? .nan) \(upper[stretch].max() ?? .nan)"
          }))
      lines.append(
        "$interval\(index) using 1:2:3 with filledcurves linecolor rgb \"#f3e0c2\" "
          + "title 'interval'")
    }
    // Where nobody measured there are gaps, and what is alone between two of them is no line.
    let known = curve.truth.count { !$0.isNaN }
    let style = known < curve.truth.count ? "linespoints pointtype 7 pointsize 0.2" : "lines"
    if known > 0 {
      lines.append(
        "$truth\(index) using 1:2 with \(style) linewidth 1.5 "
          + "linecolor rgb \"\(PlotScript.blue)\" title 'truth'")
    }
    lines.append(
      "$prediction\(index) using 1:2 with lines linecolor rgb \"\(PlotScript.red)\" "
        + "title 'prediction'")
    return panel(curve.title, "time step", blocks: blocks, lines: lines)
  }

  private func block(_ name: String, _ values: [Double]) -> String {
    PlotScript.block(
      name,
      Thinning.extremes(values, bins: Self.binsOfPrediction).map { "\($0) \(values[$0])" })
  }
}
