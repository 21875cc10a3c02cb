extension Configuration.Data {
  /// Sequences of rows of numbers: the columns ``targets`` from the columns ``inputs``, or without
  /// these the next row from the rows so far.
  ///
  /// Time step t of a sequence of N rows has the inputs of row t and the targets of row t + ``shift``,
  /// for 0 ≤ t < N − shift.
  public struct Series: Sendable, Equatable {
    /// What each column is brought to before the model sees it, by the training part.
    public enum Normalizing: String, Sendable, CaseIterable, ConfigurationValue {
      /// Mean 0 and deviation 1.
      case standard
      /// The range from 0 to 1.
      case minmax
      /// As it is.
      case none
    }

    /// What stands for an input that is missing.
    public enum Missing: String, Sendable, CaseIterable, ConfigurationValue {
      /// Nothing: it is an error.
      case refuse
      /// The last one that is there, with a column beside it that says so.
      case previous
      /// The column's mean, with a column beside it that says so.
      case mean
    }

    /// The time steps of a sequence that count.
    public enum Counted: String, Sendable, CaseIterable, ConfigurationValue {
      /// All whose targets are there.
      case all
      /// The last.
      case last
    }

    /// What the validation part is cut from the training files by.
    public enum HoldOut: String, Sendable, CaseIterable, ConfigurationValue {
      /// The end of each sequence.
      case time
      /// Whole sequences.
      case sequences
    }

    /// Where the sequences stand: each file is one, unless ``group`` cuts it.
    public var files: Files
    /// The columns that are read, by name or by number from 1.
    public var inputs: [String]?
    /// The columns that are predicted.
    public var targets: [String]?
    /// The column with whose every change another sequence begins.
    public var group: String?
    /// The file of constants of each sequence, which are appended to its inputs: the key `static`. May
    /// change to another path on resume.
    public var statics: String?
    /// How many rows ahead the targets lie.
    public var shift: Int
    /// What each column is brought to.
    public var normalize: Normalizing
    /// What stands for an input that is missing.
    public var missing: Missing
    /// The time steps that count.
    public var count: Counted
    /// The largest value of a target; larger ones are cut to it.
    public var cap: Double?
    /// The time steps of the pieces that sequences are cut into; `nil` cuts as many as fill the
    /// streams.
    public var piece: Int?
    /// Whether the delay between the files of a pair is taken out.
    public var align: Bool
    /// What the validation part is cut by.
    public var holdOut: HoldOut
    /// The sequences of the validation part, by file name or group.
    public var validationSequences: [String]?

    /// Sequences in files. Without a `shift`, targets lie in the row of their inputs, and next rows one
    /// ahead; without `holdOut`, whole sequences are held out where `validationSequences` names them.
    public init(
      files: Files, inputs: [String]? = nil, targets: [String]? = nil, group: String? = nil,
      statics: String? = nil, shift: Int? = nil, normalize: Normalizing = .standard,
      missing: Missing = .refuse, count: Counted = .all, cap: Double? = nil, piece: Int? = nil,
      align: Bool = false, holdOut: HoldOut? = nil, validationSequences: [String]? = nil
    ) {
      self.files = files
      self.inputs = inputs
      self.targets = targets
      self.group = group
      self.statics = statics
      self.shift = 0
      self.normalize = normalize
      self.missing = missing
      self.count = count
      self.cap = cap
      self.piece = piece
      self.align = align
      self.holdOut = .time
      self.validationSequences = validationSequences
      self.shift = shift ?? usualShift
      self.holdOut = holdOut ?? usualHoldOut
    }

    /// A series in one file, the last tenth held out, whose next row is predicted.
    public init(train: String) { self.init(files: Files(train: train)) }
  }

  /// The series, if the data are one.
  package var series: Series? {
    get { section as? Series }
    set { if let newValue { self = .series(newValue) } }
  }
}

extension Configuration.Data.Series {
  /// Whether targets are named apart from inputs; else the next row is predicted.
  package var namesTargets: Bool { targets != nil || files.train.isPair }

  /// The shift that is taken when none is given.
  var usualShift: Int { namesTargets ? 0 : 1 }

  /// What is held out when nothing is said of it.
  var usualHoldOut: HoldOut {
    validationSequences == nil && (count == .all || holdsNothingOut) ? .time : .sequences
  }

  /// Whether the validation part is none of the training files'.
  private var holdsNothingOut: Bool { files.validation != nil || files.validationFraction == 0 }
}

extension Configuration.Data.Series: FileSection {
  static let isContinuous = true
  static let hasSymbolInputs: Bool? = false
  var isOneWhole: Bool { !namesTargets && group == nil && piece == nil }
  var isForecast: Bool { !namesTargets && shift == 1 }
  var data: Configuration.Data { .series(self) }

  func contradictions(_ kind: Configuration.Data.Kind) -> [Configuration.Contradiction] {
    [missingFile(kind)] + columnContradictions + pairContradictions + partContradictions
  }
}
