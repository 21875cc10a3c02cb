import Files

extension MeasureReport {
  /// A line for each target; where there are several sequences, their median and mean as well.
  package var table: String {
    var lines = zip(targetNames, targets).map { Line(title: $0, measures: $1) }
    if targets.count > 1 {
      lines.append(Line(title: "mean of targets", measures: Measures.mean(of: targets)))
    }
    let count = measuredCount
    if count > 1 {
      for (name, measures) in zip(targetNames, zip(medians, means)) {
        lines.append(Line(title: "\(name), median of \(count) sequences", measures: measures.0))
        lines.append(Line(title: "\(name), mean of \(count) sequences", measures: measures.1))
      }
    }
    let shown = columns.filter { column in lines.contains { column.value($0.measures) != nil } }
    let header = ["target"] + shown.map { $0.title }
    let cells = lines.map { line in
      [line.title]
        + shown.map { column in
          column.value(line.measures).map { Formatting.significant($0) } ?? "–"
        }
    }
    return Tables.columns([header] + cells)
  }

  private struct Line {
    let title: String
    let measures: Measures
  }

  /// A row for each sequence and target, with all digits; empty where a measure is not defined.
  package var csv: String {
    let header = ["sequence", "target", "time_steps"] + columns.map { $0.name }
    let rows = sequences.flatMap { sequence in
      zip(targetNames, sequence.targets).map { target, measures in
        [sequence.name, target, "\(measures.timeSteps ?? 0)"]
          + columns.map { column in column.value(measures).map { "\($0)" } ?? "" }
      }
    }
    return ([header] + rows).map(\.csvLine).joined()
  }

  /// A measure, or the coverage of an interval.
  private struct Column {
    /// In a file.
    let name: String
    /// For people.
    let title: String
    let value: (Measures) -> Double?
  }

  private var columns: [Column] {
    let measures = Measure.allCases.map { measure in
      let title = measure == .fit ? "fit %" : measure.rawValue
      return Column(name: measure.rawValue, title: title) { $0[measure] }
    }
    let shares = Set(targets.compactMap(\.coverage).flatMap(\.keys)).sorted()
    return measures
      + shares.map { share in
        Column(name: "coverage_\(share)", title: "in \(share)") { $0.coverage?[share] }
      }
  }
}
