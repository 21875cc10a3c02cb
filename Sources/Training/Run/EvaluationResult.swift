/// A corpus measured with a model: dropout off, every time step counted.
public struct EvaluationResult: Sendable, Equatable, Codable {
  /// The mean loss of a counted time step: nats, or of values what the loss makes of them as the model
  /// sees them.
  public var loss: Double
  /// Counted time steps.
  public var tokens: Double
  /// e^loss, where the next symbol is predicted.
  public var perplexity: Double?
  /// loss / ln 2, where the next symbol is predicted.
  public var bitsPerSymbol: Double?
  /// The share of counted time steps that were predicted right: for labels, the whole set of them.
  public var accuracy: Double?
  /// √(mean squared error) in the data's units, for values: the mean over time steps and targets.
  public var rootMeanSquareError: Double?
  /// The measures of each target by its name, for values.
  public var measures: [String: Measures]?
  /// The mean over targets of each measure, for values; with one target, its measures.
  public var overall: Measures?
  /// The median and the mean over sequences, for values.
  public var sequences: SequenceMeasures?
  /// What decides whether a validation is the best, where that is not its loss.
  public var monitored: MonitoredFigure?
  /// The task's score, where it has one beside these.
  public var score: Double?
  /// What the score is.
  public var scoreName: String?
  /// Whether the accuracy is of sets of labels.
  public var isOfSets: Bool?
  /// Counted time steps so near to the zero state that the model has read less than in training.
  public var warmUpTokens: Double?
  /// How many models' outputs were averaged, where there were several.
  public var members: Int?
  /// The mean over counted time steps of the deviation between these models: of the probability of the
  /// class that they choose together, of each label's, or of values in the data's units.
  public var spread: Double?
  /// The checkpoint that was measured; nil while it trains.
  public var checkpoint: String?

  /// A loss, without what only some kinds of data have.
  public init(loss: Double, tokens: Double) {
    self.loss = loss
    self.tokens = tokens
  }

  enum CodingKeys: String, CodingKey {
    case loss, tokens, perplexity, accuracy, score, checkpoint, measures, overall, sequences
    case monitored, members, spread
    case bitsPerSymbol = "bits_per_symbol"
    case rootMeanSquareError = "root_mean_square_error"
    case scoreName = "score_name"
    case isOfSets = "accuracy_of_sets"
    case warmUpTokens = "warm_up_tokens"
  }
}

extension EvaluationResult {
  /// Its figures with their names, in the order in which people read them.
  package func figures(_ format: (_ value: Double, _ digits: Int) -> String) -> [(String, String)] {
    var figures = [("loss", format(loss, 4))]
    if let perplexity { figures.append(("perplexity", format(perplexity, 2))) }
    if let bitsPerSymbol { figures.append(("bits/symbol", format(bitsPerSymbol, 3))) }
    if let accuracy {
      figures.append((isOfSets == true ? "whole sets right" : "accuracy", format(accuracy, 3)))
    }
    if let rootMeanSquareError {
      figures.append(("error in data units", Formatting.significant(rootMeanSquareError)))
    }
    if let score, let scoreName { figures.append((scoreName, format(score, 4))) }
    if let monitored, !isShown(monitored) {
      figures.append((monitored.name, monitored.value.map { format($0, 4) } ?? "undefined"))
    }
    if let spread, let members {
      figures.append(("spread of \(members) models", Formatting.significant(spread)))
    }
    return figures
  }

  /// Whether one of the other figures says the same.
  private func isShown(_ monitored: MonitoredFigure) -> Bool {
    ["accuracy", "score"].contains(monitored.name)
      || monitored.name == Measure.rmse.rawValue && measures?.count == 1
  }
}
