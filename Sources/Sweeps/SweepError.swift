/// What is wrong with a sweep as a whole, in one line.
package enum SweepError: Error, CustomStringConvertible, Sendable, Equatable {
  /// An option that says what varies makes no sense.
  case badVariation(option: String, problem: String)
  /// A list of trials makes no sense.
  case badList(path: String, line: Int?, problem: String)
  /// A key that must be the same in all trials.
  case unvariable(key: String, reason: String)
  /// Nothing varies.
  case nothingVaries
  /// There are more trials than anybody wants.
  case tooMany(limit: Int)
  /// More trials are drawn than there are.
  case tooFew(drawn: Int, product: Int)
  /// A group is larger than the job.
  case tooFewRanks(perTrial: Int, ranks: Int)
  /// The folder holds something, and the sweep is not to be resumed.
  case notEmpty(path: String)
  /// Another sweep works in the folder.
  case inUse(path: String, holder: String)
  /// The folder's sweep was begun with something else.
  case other(path: String, what: String)
  /// A folder without a sweep.
  case notASweep(path: String)
  /// Ranks see different folders under one path.
  case notShared(path: String)
  /// An ensemble is larger than what has been trained.
  case fewMembers(path: String, wanted: Int, found: Int)

  package var description: String {
    switch self {
    case .badVariation(let option, let problem): "\(option): \(problem)"
    case .badList(let path, let line, let problem):
      "\(path)\(line.map { ":\($0)" } ?? ""): \(problem)"
    case .unvariable(let key, let reason):
      "\(key): cannot vary within a sweep, \(reason); give all trials one value with --set"
    case .nothingVaries: "nothing varies; give --vary key=values or --list FILE"
    case .tooMany(let limit):
      "the product has more than \(limit) trials; vary less, or draw some of them with --random N"
    case .tooFew(let drawn, let product):
      "--random is \(drawn), but the product has \(product) trials; draw fewer, or leave it out"
    case .tooFewRanks(let perTrial, let ranks):
      "--ranks-per-trial is \(perTrial), but the job has \(ranks) ranks; start more, or lower it"
    case .notEmpty(let path):
      "\(path): the output folder is not empty; choose another --output, or continue with --resume"
    case .inUse(let path, let holder):
      "\(path): another sweep works in this folder\(holder.isEmpty ? "" : " (\(holder))"); wait for "
        + "its end, or choose another --output"
    case .other(let path, let what):
      "\(path): was begun with \(what); give the same again (trials may only be added behind the "
        + "others), or choose another --output"
    case .notASweep(let path):
      "\(path): is not a sweep's folder; give one that `unfold sweep --output` has written to"
    case .notShared(let path):
      "\(path): not all ranks see the same folder; put it on a file system that all hosts share"
    case .fewMembers(let path, let wanted, let found):
      "\(path): --ensemble is \(wanted), but \(found) of its trials have a validation; lower it, or "
        + "finish the sweep with --resume"
    }
  }
}
