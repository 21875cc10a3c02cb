extension ScalingMeasurements {
  /// A line for each mode, point and round.
  ///
  /// - Parameter model: fitted to all points; its step times have a column, empty without it.
  package func csv(_ model: ScalingModel? = nil) -> String {
    let header =
      "mode,ranks,workers,nodes,streams,round,tokens_per_second,efficiency,step_ms,computing_ms,"
      + "exchange_ms,hidden_ms,update_ms,wait_ms,imbalance,exchange_bytes,model_ms\n"
    return header
      + plan.series.flatMap { series in
        series.points.flatMap { point in lines(point, in: series, model) }
      }.joined()
  }

  private func lines(
    _ point: ScalingPoint, in series: ScalingSeries, _ model: ScalingModel?
  ) -> [String] {
    let modelled = model.map { CSV.milliseconds($0.seconds(point, in: self)) } ?? ""
    let figures = Array(zip(rounds(of: point), efficiencies(of: point, in: series)))
    return figures.indices.map { index in
      let (round, efficiency) = figures[index]
      return CSV.line([
        series.mode.rawValue, "\(point.ranks)", "\(point.workers)", "\(round.nodes)",
        "\(point.streams)", "\(index + 1)", CSV.speed(round.tokensPerSecond),
        CSV.share(efficiency), CSV.milliseconds(round.total), CSV.milliseconds(round.computing),
        CSV.milliseconds(round.exchange), CSV.milliseconds(round.hidden),
        CSV.milliseconds(round.update), CSV.milliseconds(round.wait), CSV.share(round.imbalance),
        "\(round.exchangeBytes)", modelled,
      ])
    }
  }
}

extension ScalingReport {
  /// A line for each prediction; `is_knee` marks the first one whose efficiency is below one half.
  package var predictionsCSV: String {
    let header =
      "mode,gbit_per_second,nodes,ranks,workers,streams,step_ms,exchange_ms,tokens_per_second,"
      + "efficiency,is_knee\n"
    return header + curves.flatMap(lines).joined()
  }

  private func lines(_ curve: ScalingCurve) -> [String] {
    curve.predictions.map { prediction in
      CSV.line([
        curve.mode.rawValue, "\(Int(curve.gigabits))", "\(prediction.nodes)",
        "\(prediction.point.ranks)", "\(prediction.point.workers)", "\(prediction.point.streams)",
        CSV.milliseconds(prediction.seconds), CSV.milliseconds(prediction.exchange),
        CSV.speed(prediction.tokensPerSecond), CSV.share(curve.efficiency(prediction)),
        prediction.nodes == curve.knee?.nodes ? "1" : "0",
      ])
    }
  }
}

/// Figures with a point, whatever the locale.
private enum CSV {
  static func line(_ cells: [String]) -> String { cells.joined(separator: ",") + "\n" }

  static func milliseconds(_ seconds: Double) -> String { Formatting.decimal(1000 * seconds, 4) }

  static func speed(_ tokensPerSecond: Double) -> String { Formatting.decimal(tokensPerSecond, 1) }

  static func share(_ share: Double) -> String { Formatting.decimal(share, 4) }
}
