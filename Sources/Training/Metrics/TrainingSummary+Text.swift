extension TrainingSummary {
  /// The outcome in a few lines.
  public var text: String {
    var lines = [
      "\(name): \(steps) steps, \(Formatting.grouped(tokens)) tokens in "
        + "\(Formatting.duration(seconds)) at \(Formatting.grouped(tokensPerSecond)) tokens/s "
        + "on \(ranks) × \(workers) (ranks × workers)"
    ]
    if let trainLoss {
      lines.append("training loss \(Formatting.decimal(trainLoss)), the mean of the last epoch")
    }
    if let validation { lines.append(validation.line) }
    if let test { lines.append(test.line(of: "test")) }
    if interrupted { lines.append("interrupted; --resume goes on from here") }
    if stoppedEarly { lines.append("stopped early: validation did not improve any more") }
    if let solved, let scoreName, let score = validation?.score {
      let value = Formatting.decimal(score)
      lines.append(solved ? "solved: \(scoreName) \(value)" : "not solved: \(scoreName) \(value)")
    }
    return lines.joined(separator: "\n")
  }
}
