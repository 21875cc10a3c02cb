/// What was measured, the model fitted to it and what that predicts, for people.
package struct ScalingReport: Sendable {
  /// The configuration's name.
  package let name: String
  /// One round of every point at least.
  package let measurements: ScalingMeasurements
  /// Fitted to the measurements.
  package let model: ScalingModel
  /// For each measured mode and each speed of a link.
  package let curves: [ScalingCurve]

  /// Fits the model and asks it.
  ///
  /// - Parameters:
  ///   - name: the configuration's.
  ///   - measurements: one round of every point at least.
  ///   - assumedLatency: seconds of a message, where they cannot be fitted.
  package init(name: String, _ measurements: ScalingMeasurements, assumedLatency: Double) {
    self.name = name
    self.measurements = measurements
    let model = ScalingModel(measurements, assumedLatency: assumedLatency)
    self.model = model
    curves = measurements.plan.series.flatMap { series in
      ScalingCurve.gigabits.map { gigabits in
        ScalingCurve(series, gigabits: gigabits, model: model, measurements: measurements)
      }
    }
  }

  /// A piece of a report: what it is called, what is to be known of it, and its lines with a header.
  struct Section {
    let title: String
    let notes: [String]
    let lines: [[String]]
  }

  /// All there is to show, in order.
  var sections: [Section] {
    let series = measurements.plan.series
    return series.map(measured) + [parameters, residuals] + series.map { predicted($0.mode) }
  }

  /// As text.
  package var text: String {
    sections.map { section in
      ([section.title] + section.notes).joined(separator: "\n") + "\n"
        + Tables.columns(section.lines)
    }.joined(separator: "\n")
  }
}

// MARK: What was measured

extension ScalingReport {
  private func measured(_ series: ScalingSeries) -> Section {
    let header = [
      "ranks × workers", "nodes", "streams", "tokens/s", "efficiency", "lowest–highest", "step ms",
      "computing", "exchange", "hidden", "update", "wait", "imbalance",
    ]
    let lines = measurements.rows(of: series).map { (row) -> [String] in
      let figures = row.figures
      return [
        Self.layout(row.point), "\(row.nodes)", "\(row.point.streams)",
        Formatting.grouped(row.speed.median), Self.percent(row.efficiency.median),
        Self.percent(row.efficiency.lowest) + "–" + Self.percent(row.efficiency.highest),
        Self.milliseconds(figures.total), Self.milliseconds(figures.computing),
        Self.milliseconds(figures.exchange), Self.milliseconds(figures.hidden),
        Self.milliseconds(figures.update), Self.milliseconds(figures.wait),
        Self.percent(figures.imbalance),
      ]
    }
    let base = Self.layout(series.base)
    return Section(
      title: "\(name): \(series.mode.rawValue) scaling, measured",
      notes: [
        "Efficiency: the speed over that of \(base) in the same round and as many times as many cores.",
        "Times: medians of rank 0. Exchange is what nothing hides; hidden is no part of the step.",
        "Imbalance: how much longer than the mean the slowest rank computes; exchange holds the waiting.",
      ], lines: [header] + lines)
  }

  static func layout(_ point: ScalingPoint) -> String { "\(point.ranks) × \(point.workers)" }

  static func percent(_ share: Double) -> String { Formatting.decimal(100 * share, 1) + "%" }

  private static func milliseconds(_ seconds: Double) -> String {
    Formatting.decimal(1000 * seconds, 3)
  }
}

// MARK: The model

extension ScalingReport {
  private var parameters: Section {
    Section(
      title: "Model, fitted to what was measured",
      notes: [
        "t(N) = computing + update + within + max(0, between(N) − hideable), "
          + "between(N) = 2⌈log₂N⌉·α + 2(N − 1)/N · bytes/β"
      ],
      lines: [
        ["parameter", "value"],
        ["computing", computing],
        ["update", Self.milliseconds(model.update) + " ms, with waiting in hand-overs"],
        ["within", Self.milliseconds(model.withinNode) + " ms, where a node has several ranks"],
        ["α", latency], ["β", bandwidth],
        ["hideable", Self.percent(model.hideableShare) + " of computing"],
        ["bytes", Formatting.bytes(Double(largestExchange))],
      ])
  }

  private var computing: String {
    let fixed = Self.milliseconds(model.computingFixed)
    let perStream = Self.milliseconds(model.computingPerStream)
    return "\(fixed) ms + \(perStream) ms for each stream of a worker"
  }

  private var latency: String {
    Formatting.decimal(model.latency * 1e6, 1) + " µs, "
      + (model.isLatencyAssumed
        ? "assumed (--latency): fitting it takes points of two or more numbers of nodes above one"
        : "fitted")
  }

  private var bandwidth: String {
    guard let secondsPerByte = model.secondsPerByte else {
      return "unknown: no point has several nodes"
    }
    guard secondsPerByte > 0 else { return "unknown: bytes made no difference" }
    return Formatting.decimal(8e-9 / secondsPerByte, 2) + " Gbit/s, fitted"
  }

  private var largestExchange: Int {
    measurements.plan.points.map { measurements.exchangeBytes(of: $0) }.max() ?? 0
  }

  private var residuals: Section {
    let header = ["ranks × workers", "nodes", "streams", "step ms", "model ms", "residual"]
    let lines = measurements.plan.points.map { (point) -> [String] in
      [
        Self.layout(point), "\(measurements.nodes(of: point))", "\(point.streams)",
        Self.milliseconds(measurements.median(\.total, of: point)),
        Self.milliseconds(model.seconds(point, in: measurements)),
        Self.percent(model.residual(point, in: measurements)),
      ]
    }
    return Section(title: "Residuals of the model", notes: [], lines: [header] + lines)
  }
}

// MARK: What it predicts

extension ScalingReport {
  private func predicted(_ mode: ScalingMode) -> Section {
    let curves = self.curves.filter { $0.mode == mode }
    let header = ["nodes"] + curves.map { Self.link($0.gigabits) }
    let lines = curves[0].predictions.indices.map { (index) -> [String] in
      ["\(curves[0].predictions[index].nodes)"]
        + curves.map { Self.percent($0.efficiency($0.predictions[index])) }
    }
    let knees = curves.map { curve in
      curve.knee.map { "\($0.nodes) nodes" } ?? "none up to \(ScalingCurve.mostNodes)"
    }
    let node = Self.layout(curves[0].predictions[0].point)
    let knee = Self.percent(ScalingCurve.kneeEfficiency)
    var notes = [
      "Not measured: what the model says. Efficiency: the speed of N nodes of \(node) over that of one "
        + "and N times as many.",
      "Knee: the first of these numbers of nodes whose efficiency is below \(knee).",
      "Residuals of the measured points: \(residualRange).",
    ]
    if mode == .weak {
      notes.append("Every rank has leaves: give batch.leaves as many as ranks, at most 1024.")
    }
    return Section(
      title: "\(name): \(mode.rawValue) scaling, prediction", notes: notes,
      lines: [header] + lines + [["knee"] + knees])
  }

  static func link(_ gigabits: Double) -> String { "\(Int(gigabits)) Gbit/s" }

  private var residualRange: String {
    let all = measurements.plan.points.map { model.residual($0, in: measurements) }
    return Self.percent(all.min() ?? 0) + " to " + Self.percent(all.max() ?? 0)
  }
}
