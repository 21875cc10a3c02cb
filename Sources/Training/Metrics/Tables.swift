extension EvaluationResult {
  /// A line for each figure.
  package var table: String {
    var rows: [(String, String)] = checkpoint.map { [("checkpoint", $0)] } ?? []
    rows += figures { value, digits in Formatting.decimal(value, digits + 2) }
    rows.append(("tokens", Formatting.grouped(tokens)))
    if let warmUpTokens {
      let share = Formatting.decimal(100 * warmUpTokens / tokens, 0)
      rows.append(
        ("of these warm-up", "\(Formatting.grouped(warmUpTokens)) (\(share)%), from the zero state")
      )
    }
    return Tables.aligned(rows)
  }
}

extension Inspection {
  /// A line for each fact, then one for each parameter.
  package var table: String {
    let facts = [
      ("checkpoint", path), ("name", name), ("cell", cell),
      ("layers × hidden", "\(layers) × \(hidden)"), ("loss", loss),
      ("parameters", Formatting.grouped(Double(parameterCount))),
      ("steps, epochs", "\(steps), \(epochs)"), ("tokens", Formatting.grouped(tokens)),
      ("validation loss", validationLoss.map { Formatting.decimal($0) } ?? "none"),
      ("seed", "\(seed)"), ("kernel variant", variant),
      ("ranks × workers", "\(ranks) × \(workers)"), ("sha256", sha256),
    ]
    let shapes = parameters.map { parameter in
      (parameter.name, parameter.shape.map(String.init).joined(separator: " × "))
    }
    return Tables.aligned(facts) + "\n" + Tables.aligned(shapes)
  }
}

extension StepBenchmark {
  /// A line for each figure.
  package var table: String {
    let names = ["forward", "backward", "exchange", "hidden", "update", "wait", "total"]
    let phases = names.map { phase in
      ("\(phase) ms", Formatting.decimal(milliseconds[phase] ?? 0, 3))
    }
    let ofSeveral = ranks > 1 ? ofSeveralRanks : []
    return Tables.aligned(
      [
        ("workload", name), ("ranks × workers", "\(ranks) × \(workers)"),
        ("kernel variant", variant), ("tokens/s", Formatting.grouped(tokensPerSecond)),
        ("GFLOP/s", Formatting.decimal(gflops, 1)),
        ("peak GFLOP/s", Formatting.decimal(peakGflops, 1)),
        ("fraction of peak", Formatting.decimal(fractionOfPeak, 3)),
        ("with gates", Formatting.decimal(fractionOfBound, 3)),
        ("peak memory MiB", Formatting.grouped(Double(peakRssBytes) / 1_048_576)),
      ] + phases + ofSeveral)
  }

  private var ofSeveralRanks: [(String, String)] {
    [
      ("nodes", "\(nodes)"), ("gradients", Formatting.bytes(Double(exchangeBytes))),
      ("imbalance", Formatting.decimal(imbalance, 3)),
    ]
  }
}

extension KernelBenchmark {
  /// The yardsticks, then a line for each kernel.
  package var table: String {
    let facts = [
      ("kernel variant", variant), ("peak GFLOP/s", Formatting.decimal(peakGflops, 1)),
    ]
    let speeds = memory.map { speed in
      [
        Formatting.grouped(Double(speed.bytes) / 1024) + " KiB",
        Formatting.decimal(speed.readGigabytesPerSecond, 1),
        Formatting.decimal(speed.writeGigabytesPerSecond, 1),
      ]
    }
    let header = ["kernel", "problem", "µs", "bound", "achieved", "limit", "of bound"]
    let lines = kernels.map { kernel in
      [
        kernel.kernel, kernel.problem, Formatting.decimal(kernel.microseconds, 1),
        kernel.bound.rawValue,
        Formatting.decimal(kernel.achieved, 1)
          + (kernel.bound == .bandwidth ? " GB/s" : " GFLOP/s"),
        Formatting.decimal(kernel.limit, 1),
        Formatting.decimal(100 * kernel.fractionOfBound, 0) + "%",
      ]
    }
    return Tables.aligned(facts) + "\n"
      + Tables.columns([["memory", "read GB/s", "write GB/s"]] + speeds) + "\n"
      + Tables.columns([header] + lines)
  }
}

/// Columns of text.
enum Tables {
  /// Cells padded to the width of their column.
  static func columns(_ lines: [[String]]) -> String {
    let widths = (lines.first ?? []).indices.map { column in
      lines.map { $0[column].count }.max() ?? 0
    }
    return lines.map { line in
      let padded = zip(line, widths).dropLast().map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      return (padded + line.suffix(1)).joined(separator: "  ") + "\n"
    }.joined()
  }

  /// Names and values in two columns.
  static func aligned(_ rows: [(String, String)]) -> String {
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { name, value in
      name + String(repeating: " ", count: width - name.count + 2) + value + "\n"
    }.joined()
  }
}
