/// The pictures of a report, as scripts for gnuplot.
struct ScalingPlots {
  private let report: ScalingReport

  /// A picture and what it shows.
  struct Plot {
    let caption: String
    let script: String
  }

  init(_ report: ScalingReport) { self.report = report }

  /// In the order of the report's sections.
  var all: [Plot] {
    [speed, efficiency, parts] + series.map { predicted($0.mode) }
  }

  private var series: [ScalingSeries] { report.measurements.plan.series }

  /// What every script begins with. The name keeps the pictures of one page apart.
  private func start(_ name: String, _ title: String) -> String {
    PlotScript.start(.svg, width: 720, height: 400, name: name)
      + "set title \(PlotScript.quoted(title))\n"
  }

  private static let colours: [ScalingMode: String] = [
    .strong: PlotScript.blue, .weak: PlotScript.yellow,
  ]

  private func colour(_ mode: ScalingMode) -> String { Self.colours[mode] ?? "black" }

  /// Cores doubled to the right.
  private var coresAxis: String {
    let cores = Set(series.flatMap(\.points).map(\.cores)).sorted()
    return """
      set xlabel "cores (ranks × workers)"
      set logscale x 2
      set xrange [\(Double(cores[0]) * 0.9):\(Double(cores[cores.count - 1]) * 1.1)]
      set xtics (\(cores.map(String.init).joined(separator: ", ")))

      """
  }
}

// MARK: What was measured

extension ScalingPlots {
  /// A block for each mode: cores, the figure's median, lowest and highest.
  private func blocks(_ figure: (ScalingRow) -> Spread) -> String {
    series.map { series in
      PlotScript.block(
        series.mode.rawValue,
        report.measurements.rows(of: series).map { row in
          let spread = figure(row)
          return "\(row.point.cores) \(spread.median) \(spread.lowest) \(spread.highest)"
        })
    }.joined()
  }

  /// A line for each mode, with bars from lowest to highest, and the ideal one.
  private func lines(ideal: String) -> String {
    let measured = series.map { series in
      "$\(series.mode.rawValue) using 1:2:3:4 with yerrorlines linewidth 2 pointtype 7 "
        + "pointsize 0.6 linecolor rgb \"\(colour(series.mode))\" title \"\(series.mode.rawValue)\""
    }
    let reference =
      "\(ideal) with lines dashtype 2 linecolor rgb \"\(PlotScript.grey)\" title \"ideal\""
    return "plot " + (measured + [reference]).joined(separator: ", ") + "\n"
  }

  private var speed: Plot {
    let base = series[0].base
    let figures = report.measurements.medians(of: base)
    let perCore = figures.tokensPerSecond / Double(base.cores)
    return Plot(
      caption: "Tokens per second, measured; bars from the lowest to the highest round.",
      script: start("speed", "Tokens per second, measured") + coresAxis
        + "set logscale y\n" + blocks(\.speed) + lines(ideal: "\(perCore) * x"))
  }

  private var efficiency: Plot {
    Plot(
      caption: "Efficiency, measured; bars from the lowest to the highest round.",
      script: start("efficiency", "Efficiency, measured") + coresAxis
        + "set yrange [0:*]\n" + blocks(\.efficiency) + lines(ideal: "1"))
  }

  /// A stack for each point.
  private var parts: Plot {
    let parts: [(name: String, colour: String, seconds: (ScalingRound) -> Double)] = [
      ("computing", PlotScript.blue, { $0.computing }),
      ("exchange", PlotScript.red, { $0.exchange }), ("update", PlotScript.yellow, { $0.update }),
      ("wait", PlotScript.grey, { $0.wait }),
    ]
    let data = series.flatMap { series in
      report.measurements.rows(of: series).map { row -> String in
        let milliseconds = parts.map { "\(1000 * $0.seconds(row.figures))" }
        let label = "\"\(ScalingReport.layout(row.point)) \(series.mode.rawValue)\""
        let imbalance = "\"\(ScalingReport.percent(row.figures.imbalance))\""
        return ([label] + milliseconds + [imbalance]).joined(separator: " ")
      }
    }
    let stacks = parts.enumerated().map { index, part in
      "$parts using \(index + 2)\(index == 0 ? ":xtic(1)" : "") linecolor rgb \"\(part.colour)\" "
        + "title \"\(part.name)\""
    }
    let labels =
      "$parts using 0:($2 + $3 + $4 + $5):6 with labels offset 0, 0.7 title \"above: imbalance\""
    return Plot(
      caption: "Where a step's time goes on rank 0, medians in milliseconds; above each stack, how "
        + "much longer than the mean the slowest rank computes.",
      script: start("parts", "Milliseconds of a step, measured") + PlotScript.block("parts", data)
        + """
        set style data histograms
        set style histogram rowstacked
        set style fill solid 0.9 noborder
        set boxwidth 0.7
        set yrange [0:*]
        set offsets 0, 0, graph 0.08, 0
        set xtics rotate by -35

        """
        + "plot " + (stacks + [labels]).joined(separator: ", ") + "\n")
  }
}

// MARK: What the model predicts

extension ScalingPlots {
  private func predicted(_ mode: ScalingMode) -> Plot {
    let curves = report.curves.filter { $0.mode == mode }
    var script = start("predicted_\(mode.rawValue)", "Prediction, \(mode.rawValue) scaling")
    script += """
      set xlabel "nodes"
      set ylabel "efficiency"
      set logscale x 2
      set xrange [1:\(ScalingCurve.mostNodes)]
      set yrange [0:*]
      set xtics 4

      """
    let lines = curves.enumerated().flatMap { index, curve -> [String] in
      let colour = Self.linkColours[index % Self.linkColours.count]
      script += PlotScript.block("link\(index)", curve.predictions.map { place($0, on: curve) })
      let style = "linecolor rgb \"\(colour)\""
      let line =
        "$link\(index) using 1:2 with lines linewidth 2 \(style) "
        + "title \"\(ScalingReport.link(curve.gigabits))\""
      guard let knee = curve.knee else { return [line] }
      script += PlotScript.block("knee\(index)", [place(knee, on: curve)])
      return [
        line, "$knee\(index) using 1:2 with points pointtype 7 pointsize 0.9 \(style) notitle",
      ]
    }
    let half =
      "\(ScalingCurve.kneeEfficiency) with lines dashtype 3 linecolor rgb \"\(PlotScript.grey)\" "
      + "title \"knee\""
    script += "plot " + (lines + [half]).joined(separator: ", ") + "\n"
    return Plot(
      caption: "Prediction of the model, not measured: efficiency of nodes on links of so many "
        + "Gbit/s; a dot marks the knee.",
      script: script)
  }

  private func place(_ prediction: ScalingPrediction, on curve: ScalingCurve) -> String {
    "\(prediction.nodes) \(curve.efficiency(prediction))"
  }

  private static let linkColours = [
    PlotScript.red, PlotScript.yellow, PlotScript.green, PlotScript.blue,
  ]
}
