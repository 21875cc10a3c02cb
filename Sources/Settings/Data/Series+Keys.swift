extension Configuration.Data.Series {
  /// A series' keys beside those of its files.
  static let fields: [ConfigurationField] = columnFields + valueFields + partFields

  /// Made only to tell defaults.
  private static let standard = Self(files: .init())

  private static let columnFields: [ConfigurationField] = [
    .init(
      "data.inputs", \.data.series, \.inputs, .names, default: "all columns", usage: .series,
      meaning: "the columns that are read, by name or by number from 1"),
    .init(
      "data.targets", \.data.series, \.targets, .names, default: "all columns of the next row",
      usage: .series, meaning: "the columns that are predicted, by name or by number from 1"),
    .init(
      "data.group", \.data.series, \.group, .notEmpty, usage: .series,
      meaning: "the column with whose every change another sequence begins"),
    .init(
      "data.static", \.data.series, \.statics, .notEmpty, usage: .series,
      meaning: "file of constants of each sequence, by file name or group, appended to its inputs"),
    .init(
      "data.shift", \.data.series, \.shift, .count(from: 0), default: "0; without targets: 1",
      usage: .series,
      derive: { configuration in
        guard let series = configuration.data.series else { return }
        configuration.data.series?.shift = series.usualShift
      },
      meaning: "how many rows ahead the targets lie"),
  ]

  private static let valueFields: [ConfigurationField] = [
    .init(
      "data.normalize", \.data.series, \.normalize, default: standard.normalize.yaml,
      usage: .series,
      meaning: "what each column is brought to, by the training part: mean 0 and deviation 1, or 0 "
        + "to 1"),
    .init(
      "data.missing", \.data.series, \.missing, default: standard.missing.yaml, usage: .series,
      meaning: "what stands for a missing input; but for `refuse`, a column beside it says where"),
    .init(
      "data.count", \.data.series, \.count, default: standard.count.yaml, usage: .series,
      meaning: "the time steps of a sequence that count"),
    .init(
      "data.cap", \.data.series, \.cap, usage: .series,
      meaning: "the largest value of a target; larger ones are cut to it"),
  ]

  private static let partFields: [ConfigurationField] = [
    .init(
      "data.piece", \.data.series, \.piece, .count(), default: "as many as fill the streams",
      usage: .series, meaning: "time steps of the pieces that sequences are cut into"),
    .init(
      "data.align", \.data.series, \.align, default: standard.align.yaml, usage: .series,
      meaning: "take out the delay between the files of a pair"),
    .init(
      "data.validation_sequences", \.data.series, \.validationSequences, .names, usage: .series,
      meaning: "the sequences held out, by file name or group; takes the place of "
        + "`validation_fraction`"),
    .init(
      "data.hold_out", \.data.series, \.holdOut,
      default: "time; with `validation_sequences`: sequences", usage: .series,
      derive: { configuration in
        guard let series = configuration.data.series else { return }
        configuration.data.series?.holdOut = series.usualHoldOut
      },
      meaning: "what `validation_fraction` is a part of: each sequence's time, or the sequences"),
  ]
}
