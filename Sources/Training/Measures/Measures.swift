/// How well some values are predicted, in the data's units. What is not defined, because nothing was
/// counted or because the targets do not vary, is nil, never infinite and never NaN.
public struct Measures: Sendable, Equatable, Codable {
  /// Counted time steps whose target is there; nil for means and medians.
  public var timeSteps: Int?
  /// ``Measure/rmse``.
  public var rmse: Double?
  /// ``Measure/mae``.
  public var mae: Double?
  /// ``Measure/r2``.
  public var r2: Double?
  /// ``Measure/nse``.
  public var nse: Double?
  /// ``Measure/kge``.
  public var kge: Double?
  /// ``Measure/esr``.
  public var esr: Double?
  /// ``Measure/fit``, in percent.
  public var fit: Double?
  /// ``Measure/correlation``.
  public var correlation: Double?
  /// ``Measure/bias``.
  public var bias: Double?
  /// The share of the targets that lie between two quantiles, by the share that should; for models that
  /// predict pairs of levels q and 1 − q.
  public var coverage: [String: Double]?

  /// Nothing measured.
  public init() {}

  /// One of them.
  public subscript(measure: Measure) -> Double? {
    get { self[keyPath: Self.place(of: measure)] }
    set { self[keyPath: Self.place(of: measure)] = newValue }
  }

  private static func place(of measure: Measure) -> WritableKeyPath<Measures, Double?> {
    switch measure {
    case .rmse: \.rmse
    case .mae: \.mae
    case .r2: \.r2
    case .nse: \.nse
    case .kge: \.kge
    case .esr: \.esr
    case .fit: \.fit
    case .correlation: \.correlation
    case .bias: \.bias
    }
  }

  enum CodingKeys: String, CodingKey {
    case rmse, mae, r2, nse, kge, esr, fit, correlation, bias, coverage
    case timeSteps = "time_steps"
  }
}

extension Measures {
  /// The mean of each measure, over those for which it is defined.
  package static func mean(of all: [Measures]) -> Measures {
    combined(all) { values in values.reduce(0, +) / Double(values.count) }
  }

  /// The median of each measure, over those for which it is defined; between two, their mean.
  package static func median(of all: [Measures]) -> Measures {
    combined(all) { values in
      let sorted = values.sorted()
      let middle = sorted.count / 2
      return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
  }

  private static func combined(
    _ all: [Measures], by combine: (_ values: [Double]) -> Double
  ) -> Measures {
    var result = Measures()
    for measure in Measure.allCases {
      let values = all.compactMap { $0[measure] }
      result[measure] = values.isEmpty ? nil : combine(values)
    }
    let coverages = all.compactMap(\.coverage)
    if let first = coverages.first {
      result.coverage = first.keys.reduce(into: [:]) { coverage, share in
        coverage[share] = combine(coverages.compactMap { $0[share] })
      }
    }
    return result
  }
}
