/// What is measured of predicted values, by its name in JSON, CSV and `training.monitor`.
///
/// y is a target and p its prediction, in the data's units; sums and means run over the counted time
/// steps whose target is there. SSE is Σ(p − y)², SST is Σ(y − ȳ)².
public enum Measure: String, Sendable, CaseIterable {
  /// The root of the mean squared error, √(SSE / n), in the data's units.
  case rmse
  /// The mean absolute error, Σ|p − y| / n, in the data's units.
  case mae
  /// The coefficient of determination, 1 − SSE / SST: 1 is perfect, 0 as good as the mean.
  case r2
  /// The efficiency of Nash and Sutcliffe, "River flow forecasting through conceptual models part I"
  /// (1970), 1 − SSE / SST with the mean of each sequence: 1 − Σ SSE / Σ SST over the sequences. Of one
  /// sequence it is ``r2``.
  case nse
  /// The efficiency of Gupta, Kling, Yilmaz and Martinez, "Decomposition of the mean squared error and NSE
  /// performance criteria" (2009), 1 − √((r − 1)² + (α − 1)² + (β − 1)²): r the correlation, α the
  /// deviation of p over that of y, β the mean of p over that of y.
  case kge
  /// The error-to-signal ratio, SSE / Σy²: 0 is perfect, 1 as good as silence.
  case esr
  /// The fit in percent, 100 · (1 − √(SSE / SST)), as Ljung, "System identification: theory for the user"
  /// (1999), and the toolboxes after it have it.
  case fit
  /// Pearson's correlation of p and y.
  case correlation
  /// The mean of p − y, in the data's units.
  case bias
}

extension Measure {
  /// Whether a larger value is a better one; of a bias neither is.
  package var higherIsBetter: Bool {
    switch self {
    case .r2, .nse, .kge, .fit, .correlation: true
    case .rmse, .mae, .esr, .bias: false
    }
  }
}
