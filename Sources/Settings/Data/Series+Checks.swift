extension Configuration.Data.Series {
  /// What is wrong with the columns.
  var columnContradictions: [Configuration.Contradiction] {
    [
      .init(
        key: "data.targets", isPresent: inputs != nil && !namesTargets,
        problem: "is missing beside data.inputs; name the columns to predict"),
      .init(
        key: "data.inputs", isPresent: targets != nil && inputs == nil && !files.train.isPair,
        problem: "is missing beside data.targets; name the columns to read"),
      .init(
        key: "data.shift", isPresent: shift == 0 && !namesTargets,
        problem: "must be at least 1 without data.targets, as a row tells itself; got 0"),
      .init(
        key: "data.cap", isPresent: cap != nil && !namesTargets,
        problem: "needs data.targets, which it caps; name them, or remove it"),
    ]
  }

  /// What is wrong with files of inputs and of targets.
  var pairContradictions: [Configuration.Contradiction] {
    let isPair = files.train.isPair
    let delay = Configuration.Contradiction(
      key: "data.align", isPresent: align && !isPair,
      problem: "needs data.train to be {inputs: …, targets: …}, between whose files there can be a "
        + "delay; remove it")
    let sets = files.byKey.flatMap { key, files -> [Configuration.Contradiction] in
      [
        .init(
          key: key, isPresent: files.isPair && files.paths.count != files.targets.count,
          problem: "needs a file of targets for each of inputs, got \(files.targets.count) for "
            + "\(files.paths.count)"),
        .init(
          key: key, isPresent: files.isPair != isPair,
          problem: isPair
            ? "must be {inputs: …, targets: …} as data.train is"
            : "must hold inputs and targets together as data.train does; give a path or a list"),
      ]
    }
    let group = Configuration.Contradiction(
      key: "data.group", isPresent: isPair && group != nil,
      problem: "is for files that hold inputs and targets together; remove it")
    return [delay, group] + sets
  }

  /// What is wrong with pieces and the validation part.
  var partContradictions: [Configuration.Contradiction] {
    let names = validationSequences != nil
    return [
      .init(
        key: "data.piece", isPresent: piece != nil && count == .last,
        problem: "cuts sequences, of which with data.count last only the end counts; remove one"),
      .init(
        key: "data.validation_sequences", isPresent: names && files.validation != nil,
        problem: "excludes data.validation; keep one"),
      .init(
        key: "data.hold_out",
        isPresent: count == .last && holdOut == .time && files.validation == nil
          && files.validationFraction > 0,
        problem:
          "time takes the ends of sequences, which are all that counts with data.count last; "
          + "use sequences"),
      .init(
        key: "data.hold_out", isPresent: names && holdOut == .time,
        problem: "time excludes data.validation_sequences, which are whole; remove one"),
      .init(
        key: "data.hold_out",
        isPresent: holdOut == .sequences && !names
          && (files.validation != nil || files.validationFraction == 0),
        problem: "sequences holds nothing out "
          + (files.validation != nil ? "beside data.validation" : "with data.validation_fraction 0")
          + "; remove it"),
    ]
  }
}
